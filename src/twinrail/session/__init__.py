"""What a session is given to work with, what it gives back, and the pytest suites that several sessions run.

Nothing here knows which sessions there are, nor their order.
"""
