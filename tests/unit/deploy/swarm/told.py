"""What Docker tells of a swarm, as JSON: services and tasks with what is read of them."""


def service(name="web-1", *, number=1, order=0, release="1.0", was="", replicas=2, update="", before="", **spec):
    """A service as `docker service inspect` tells it."""
    part = name.rpartition("-")[0]
    labels = {"twinrail.release": release, "twinrail.number": str(number), "twinrail.order": str(order),
              "twinrail.service": part, "twinrail.settings": "abc.def"}  # fmt: skip
    labels |= {"twinrail.was": was} if was else {}
    told = {
        "ID": f"id-{name}",
        "Spec": {"Name": f"shop_{name}", "Labels": labels, "Mode": {"Replicated": {"Replicas": replicas}}, **spec},
    }
    told |= {"UpdateStatus": {"State": update}} if update else {}
    return told | ({"PreviousSpec": {"Labels": {"twinrail.release": before}}} if before else {})


def task(number, of="web-1", *, release="1.0", state="running", wanted=True, slot=1, **status):
    """A task as `docker inspect --type task` tells it; the higher its number, the younger it is."""
    return {
        "ID": f"task-{number}",
        "ServiceID": f"id-{of}",
        "Slot": slot,
        "CreatedAt": f"2026-11-30T01:00:{number:02}.1Z",
        "DesiredState": "running" if wanted else "shutdown",
        "Status": {"State": state, **status},
        "Spec": {"ContainerSpec": {"Labels": {"twinrail.release": release}}},
    }
