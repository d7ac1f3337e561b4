"""A registry of images, asked by the API of the OCI's distribution specification: no engine is needed for it.

What belongs here: names, logins, requests and what their answers mean. What is pushed, and why, does not.
"""
