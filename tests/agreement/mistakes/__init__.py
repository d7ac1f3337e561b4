"""One-line mistakes in the YAML, by subject, each with the check that finds it; `agreement.mutations` has them all."""
