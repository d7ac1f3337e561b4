"""What the targets share that speak with Docker: the engine, what a compose file says, the releases' images, the proxy.

What an instance is, a container or a task of a service, belongs to the target.
"""
