"""Gates, a file each: what a release must pass. One that cannot be asked is shut."""
