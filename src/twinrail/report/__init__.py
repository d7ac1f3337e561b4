"""Who is told what: events, the run record made from them, the screen, the page, notifiers.

Nothing here decides what runs or how it ended; it is told.
"""
