"""A tour of an engine by docker-py: swarm, nodes, services, tasks, networks, secrets, configs, volumes, images, containers.

Takes the engine's address; prints a line for each check that fails and exits with 1 then. PREFIX names what it makes.
"""

import io
import sys
import tarfile
import time
import traceback

import docker
from docker.errors import APIError, NotFound

HOST = sys.argv[1]
PREFIX = "pytour"
client = docker.DockerClient(base_url=HOST, version="auto", timeout=30)
api = client.api
failed = []
passed = 0


def check(what, condition, detail=""):
    global passed
    if condition:
        passed += 1
    else:
        failed.append(what)
        print(f"FAILED {what} {detail}")


def refused(what, status, text, call):
    try:
        call()
    except APIError as error:
        check(what, error.response.status_code == status and text in error.explanation, f"{error.response.status_code} {error.explanation}")
        return
    check(what, False, "was not refused")


def eventually(what, test, seconds=30):
    end = time.time() + seconds
    while time.time() < end:
        if test():
            check(what, True)
            return
        time.sleep(0.1)
    check(what, False, "did not come to be")


def name(word):
    return f"{PREFIX}-{word}"


def system():
    check("ping", client.ping() is True)
    check("version", client.version()["Os"] == "linux")
    info = client.info()
    check("info", info["Swarm"]["LocalNodeState"] == "active" and info["OSType"] == "linux")
    check("df", set(client.df()) >= {"LayersSize", "Images", "Containers", "Volumes"})


def swarm():
    client.swarm.reload()
    check("swarm id", len(client.swarm.id) == 25)
    check("tokens", client.swarm.attrs["JoinTokens"]["Worker"].startswith("SWMTKN-1-"))
    refused("second init", 503, "already part of a swarm", lambda: client.swarm.init())
    spec = api.inspect_swarm()
    check("update swarm", api.update_swarm(spec["Version"]["Index"], swarm_spec=spec["Spec"]) is True)
    check("unlock key", "UnlockKey" in client.swarm.get_unlock_key())


def nodes():
    found = client.nodes.list()
    check("nodes", len(found) == 3, len(found))
    managers = client.nodes.list(filters={"role": "manager"})
    check("managers", managers and managers[0].attrs["ManagerStatus"]["Leader"] is True)
    node = managers[0]
    spec = dict(node.attrs["Spec"])
    spec["Labels"] = {"tour": "yes"}
    check("update node", node.update(spec) is True)
    node.reload()
    check("node label", node.attrs["Spec"]["Labels"] == {"tour": "yes"})
    check("by label", [n.id for n in client.nodes.list(filters={"node.label": "tour=yes"})] == [node.id])
    spec["Labels"] = {}
    node.update(spec)
    refused("no such node", 404, "node nosuch not found", lambda: client.nodes.get("nosuch"))


def services():
    network = client.networks.create(name("net"), driver="overlay", labels={"a": "b"}, attachable=True)
    check("network get", client.networks.get(network.id).name == name("net"))
    check("network filter", [n.id for n in client.networks.list(names=[name("net")])] == [network.id])
    secret = client.secrets.create(name=name("secret"), data=b"hidden", labels={"x": "y"})
    check("secret", client.secrets.get(secret.id).name == name("secret"))
    check("secret hides", "Data" not in client.secrets.get(secret.id).attrs["Spec"])
    config = client.configs.create(name=name("config"), data=b"shown", labels={})
    check("config", client.configs.get(config.id).attrs["Spec"]["Name"] == name("config"))
    refused("same secret", 409, "already exists", lambda: client.secrets.create(name=name("secret"), data=b"x"))
    service = client.services.create(
        "alpine",
        ["sleep", "1000"],
        name=name("web"),
        labels={"tier": "web"},
        container_labels={"in": "side"},
        env=["A=1"],
        networks=[network.id],
        mode=docker.types.ServiceMode("replicated", 2),
        secrets=[docker.types.SecretReference(secret.id, name("secret"))],
        configs=[docker.types.ConfigReference(config.id, name("config"))],
        resources=docker.types.Resources(mem_limit=64 * 1024 * 1024),
        restart_policy=docker.types.RestartPolicy("on-failure", delay=1, max_attempts=3),
        update_config=docker.types.UpdateConfig(parallelism=1, delay=0, monitor=1_000_000_000),
        endpoint_spec=docker.types.EndpointSpec(ports={18490: 80}),
        constraints=["node.platform.os==linux"],
        stop_grace_period=1_000_000_000,
    )
    eventually("two tasks run", lambda: len(running(service)) == 2)
    check("service name", client.services.get(name("web")).id == service.id)
    service.reload()
    check("service version", service.version > 0)
    check("vip", len(service.attrs["Endpoint"]["VirtualIPs"]) == 2)
    check("list", [s.id for s in client.services.list(filters={"name": name("web")})] == [service.id])
    check("by label", [s.id for s in client.services.list(filters={"label": "tier=web"})] == [service.id])
    task = running(service)[0]
    check("task has container", len(task["Status"]["ContainerStatus"]["ContainerID"]) == 64)
    check("task inspect", api.inspect_task(task["ID"])["ServiceID"] == service.id)
    check("defaults", api.inspect_service(service.id, insert_defaults=True)["Spec"]["TaskTemplate"]["ContainerSpec"]["StopGracePeriod"] == 1_000_000_000)
    check("scale", "Warnings" in service.scale(3))
    eventually("three tasks run", lambda: len(running(service)) == 3)
    service.reload()
    check("force", "Warnings" in service.force_update())
    service.reload()
    service.update(name=name("web"), env=["A=2"])
    service.reload()
    check("updated env", service.attrs["Spec"]["TaskTemplate"]["ContainerSpec"]["Env"] == ["A=2"], service.attrs["Spec"])
    check("previous", "PreviousSpec" in service.attrs)
    refused("stale", 500, "update out of sequence", lambda: api.update_service(service.id, 1, name=name("web"), task_template=service.attrs["Spec"]["TaskTemplate"]))
    refused("secret in use", 400, "is in use by the following service", secret.remove)
    refused("no image", 400, "ContainerSpec: image reference must be provided", lambda: client.services.create("", name=name("no")))
    refused("no service", 404, "service nosuch not found", lambda: client.services.get("nosuch"))
    logs = service.logs(stdout=True, stderr=True)
    check("service logs", isinstance(b"".join(logs), bytes))
    check("remove", service.remove() is True)
    eventually("service gone", lambda: not has(service))
    refused("tasks of none", 404, "service pytour-web not found", lambda: api.tasks(filters={"service": name("web")}))
    secret.remove()
    config.remove()
    eventually("network goes", lambda: goes(network))


def has(service):
    try:
        service.reload()
        return True
    except NotFound:
        return False


def goes(network):
    try:
        network.remove()
        return True
    except NotFound:
        return True
    except APIError:
        return False


def running(service):
    return [t for t in service.tasks() if t["Status"]["State"] == "running" and t["DesiredState"] == "running"]


def images():
    image = client.images.get("alpine")
    check("tags", "alpine:latest" in image.tags)
    check("id", image.id.startswith("sha256:") and len(image.short_id) >= 10)
    check("tag", image.tag(name("image"), tag="v1") is True)
    check("tagged", client.images.get(name("image") + ":v1").id == image.id)
    check("list", any(i.id == image.id for i in client.images.list(name=name("image"))))
    check("history", len(image.history()) >= 1)
    client.images.remove(name("image") + ":v1")
    refused("gone", 404, "No such image", lambda: client.images.get(name("image") + ":v1"))


def volumes():
    volume = client.volumes.create(name("vol"), labels={"k": "v"})
    check("volume", client.volumes.get(name("vol")).attrs["Labels"] == {"k": "v"})
    check("volumes", name("vol") in [v.name for v in client.volumes.list(filters={"label": "k=v"})])
    out = client.containers.run("alpine", ["sh", "-c", "echo kept > /data/f; cat /data/f"], volumes={name("vol"): {"bind": "/data", "mode": "rw"}}, remove=True)
    check("write volume", out == b"kept\n", out)
    volume.remove()
    refused("no volume", 404, "no such volume", lambda: client.volumes.get(name("vol")))
    check("prune", "VolumesDeleted" in client.volumes.prune(filters={"label": "nosuch"}))


def containers():
    check("run", client.containers.run("alpine", ["echo", "hello"], remove=True) == b"hello\n")
    try:
        client.containers.run("alpine", ["sh", "-c", "echo bad >&2; exit 3"], remove=True)
        check("exit status", False)
    except docker.errors.ContainerError as error:
        check("exit status", error.exit_status == 3 and error.stderr == b"bad\n", error)
    container = client.containers.run("alpine", ["sleep", "1000"], name=name("c"), detach=True, labels={"l": "1"}, environment={"E": "f"}, hostname="inside", ports={"80/tcp": 18491})
    container.reload()
    check("running", container.status == "running")
    check("ports", container.ports["80/tcp"][0]["HostPort"] == "18491", container.ports)
    check("get", client.containers.get(name("c")).id == container.id)
    check("list", [c.id for c in client.containers.list(filters={"label": "l=1"})] == [container.id])
    refused("name taken", 409, "is already in use by container", lambda: client.containers.create("alpine", ["true"], name=name("c")))
    refused("no container", 404, "No such container", lambda: client.containers.get("nosuch"))
    code, output = container.exec_run(["sh", "-c", "echo $E; hostname; exit 4"])
    check("exec", code == 4 and output == b"f\ninside\n", (code, output))
    code, (out, err) = container.exec_run(["sh", "-c", "echo o; echo e >&2"], demux=True)
    check("exec demux", (out, err) == (b"o\n", b"e\n"), (out, err))
    check("exec tty", container.exec_run(["echo", "t"], tty=True).output == b"t\r\n")
    check("exec stream", b"".join(container.exec_run(["echo", "s"], stream=True).output) == b"s\n")
    execution = api.exec_create(container.id, ["cat"], stdin=True, tty=False)
    socket = api.exec_start(execution["Id"], socket=True)
    raw = getattr(socket, "_sock", socket)
    raw.sendall(b"typed\n")
    raw.shutdown(1)
    received = b""
    while True:
        chunk = raw.recv(4096)
        if not chunk:
            break
        received += chunk
    check("exec socket", received == b"\x01\0\0\0\0\0\0\x06typed\n", received)
    check("exec inspect", api.exec_inspect(execution["Id"])["ExitCode"] == 0)
    check("top", container.top()["Processes"][0][-1] == "sleep 1000")
    stats = container.stats(stream=False)
    check("stats", stats["id"] == container.id and stats["memory_stats"]["usage"] > 0 and "precpu_stats" in stats)
    stream = container.stats(stream=True, decode=True)
    check("stats stream", next(stream)["name"] == "/" + name("c") and next(stream)["read"] != "")
    stream.close()
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        info = tarfile.TarInfo("put.txt")
        info.size = 4
        archive.addfile(info, io.BytesIO(b"put\n"))
    check("put archive", container.put_archive("/tmp", data.getvalue()) is True)
    check("put file", container.exec_run(["cat", "/tmp/put.txt"]).output == b"put\n")
    bits, stat = container.get_archive("/tmp/put.txt")
    check("path stat", stat["name"] == "put.txt" and stat["size"] == 4, stat)
    with tarfile.open(fileobj=io.BytesIO(b"".join(bits))) as archive:
        check("get archive", archive.extractfile("put.txt").read() == b"put\n")
    refused("no path", 404, "Could not find the file /nosuch", lambda: container.get_archive("/nosuch"))
    check("diff", {"Path": "/tmp/put.txt", "Kind": 1} in container.diff(), container.diff())
    container.pause()
    container.reload()
    check("paused", container.status == "paused")
    container.unpause()
    container.rename(name("d"))
    container.reload()
    check("renamed", container.name == name("d"))
    check("update", "Warnings" in container.update(mem_limit="100m", memswap_limit="200m"))
    container.reload()
    check("updated", container.attrs["HostConfig"]["Memory"] == 100 * 1024 * 1024)
    container.restart(timeout=0)
    container.kill()
    check("wait", container.wait()["StatusCode"] == 137)
    container.remove()
    chatty = client.containers.create("alpine", ["sh", "-c", "echo one; echo two >&2; echo three"], name=name("logs"))
    attached = chatty.attach(stream=True, logs=False, stdout=True, stderr=False)
    chatty.start()
    check("attach", b"".join(attached) == b"one\nthree\n")
    chatty.wait()
    check("logs", chatty.logs(stdout=True, stderr=False) == b"one\nthree\n", chatty.logs())
    check("logs stderr", chatty.logs(stdout=False, stderr=True) == b"two\n")
    check("logs tail", chatty.logs(stdout=True, stderr=False, tail=1) == b"three\n")
    check("logs time", chatty.logs(stdout=True, stderr=False, tail=1, timestamps=True).endswith(b"Z three\n"))
    check("logs follow", b"".join(chatty.logs(stdout=True, stderr=False, stream=True, follow=True)) == b"one\nthree\n")
    chatty.remove()
    check("prune", "ContainersDeleted" in client.containers.prune(filters={"label": "nosuch"}))


def events():
    stream = client.events(decode=True, filters={"type": "volume"})
    client.volumes.create(name("ev"))
    event = next(stream)
    check("event", event["Type"] == "volume" and event["Action"] == "create" and event["Actor"]["ID"] == name("ev"), event)
    stream.close()
    client.volumes.get(name("ev")).remove()


for part in (system, swarm, nodes, images, volumes, containers, events, services):
    try:
        part()
    except Exception:
        failed.append(part.__name__)
        print(f"FAILED {part.__name__}")
        traceback.print_exc(file=sys.stdout)
print(f"{passed} passed, {len(failed)} failed")
sys.exit(1 if failed else 0)
