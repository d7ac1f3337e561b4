"""Two rails, one gauge: the same CI/CD sessions for Python on a laptop and on GitHub Actions."""
