"""The doors: the command line, the noxfile. They read words, open the project, and hand on; nothing is decided here."""
