import Assembly
import Bytes
import JSON
import KitConfig
import OCI
import Testing

@Suite("A container's configuration, from kit, label and image")
struct ContainerSpecificationTests {
    /// The `config.json` of the first service of a kit with these lines in it.
    private func config(
        _ lines: String, image: ImageConfiguration.Config = .init(), label: String? = nil, rest: String = ""
    ) throws -> JSONValue {
        try JSONValue(parsing: try specification(lines, image: image, label: label, rest: rest).config)
    }

    private func specification(
        _ lines: String, image: ImageConfiguration.Config = .init(), label: String? = nil, rest: String = ""
    ) throws -> ContainerSpecification {
        var image = image
        if let label { image.labels = ["org.mobyproject.config": label] }
        let body = lines.split(separator: "\n").map { "    \($0)\n" }.joined()
        let text = "services:\n  - name: s\n    image: i\n\(body)\(rest)"
        let kit = try KitLoader().load([KitSource(name: "kit.yml", text: text)]).kit
        return try ContainerSpecification(kit.services[0], of: kit, image: image, ids: kit.containerIDs)
    }

    private func mount(_ destination: String, in config: JSONValue) -> JSONValue? {
        config["mounts"]?.array?.first { $0["destination"] == .text(destination) }
    }

    @Test("Nothing said: no lists, the root directory, own processes and mounts")
    func defaults() throws {
        let config = try config("")
        #expect(
            config["process"] == ["user": ["uid": 0, "gid": 0], "cwd": "/", "capabilities": [:]])
        #expect(config["linux"] == ["resources": [:], "namespaces": [["type": "pid"], ["type": "mount"]]])
        #expect(config["root"] == ["path": "rootfs"])
        #expect(
            config["mounts"]?.array?.compactMap { $0["destination"]?.string }
                == ["/dev", "/dev/pts", "/proc", "/sys", "/sys/fs/cgroup"])
        #expect(
            config.object?.members.map(\.key.text) == ["ociVersion", "process", "root", "mounts", "linux"])
    }

    @Test("Every member in the specification's order")
    func order() throws {
        let config = try config(
            """
            command: [a]
            env: [A=1]
            rlimits: ["nofile, 1, unlimited"]
            noNewPrivileges: true
            oomScoreAdj: -5
            hostname: h
            annotations: {b: "2", a: "1"}
            uidMappings: [{hostID: 1, containerID: 2, size: 3}]
            gidMappings: [{hostID: 4, containerID: 5, size: 6}]
            sysctl: {b: "2", a: "1"}
            cgroupsPath: /c
            devices: [{path: /dev/x, type: c, major: 1, minor: 2, mode: "0660"}, {path: all, type: b}]
            rootfsPropagation: shared
            maskedPaths: [/m]
            readonlyPaths: [/r]
            additionalGids: [7, s]
            ambient: [CAP_CHOWN]
            """)
        #expect(
            config.object?.members.map(\.key.text)
                == ["ociVersion", "process", "root", "hostname", "mounts", "annotations", "linux"])
        #expect(
            config["process"]?.object?.members.map(\.key.text)
                == [
                    "user", "args", "env", "cwd", "capabilities", "rlimits", "noNewPrivileges", "oomScoreAdj",
                ])
        #expect(config["process"]?["user"] == ["uid": 0, "gid": 0, "additionalGids": [7, 100]])
        #expect(
            config["process"]?["rlimits"]
                == [["type": "RLIMIT_NOFILE", "hard": .unsigned(.max), "soft": 1]])
        #expect(
            config["process"]?["capabilities"] == [
                "bounding": ["CAP_CHOWN"], "inheritable": ["CAP_CHOWN"], "permitted": ["CAP_CHOWN"],
                "ambient": ["CAP_CHOWN"],
            ])
        #expect(config["annotations"]?.object?.members.map(\.key.text) == ["a", "b"])
        #expect(
            config["linux"]?.object?.members.map(\.key.text) == [
                "uidMappings", "gidMappings", "sysctl", "resources", "cgroupsPath", "namespaces", "devices",
                "rootfsPropagation", "maskedPaths", "readonlyPaths",
            ])
        #expect(config["linux"]?["uidMappings"] == [["containerID": 2, "hostID": 1, "size": 3]])
        #expect(
            config["linux"]?["devices"]
                == [["path": "/dev/x", "type": "c", "major": 1, "minor": 2, "fileMode": 432]])
        #expect(
            config["linux"]?["resources"]?["devices"] == [
                ["allow": true, "type": "c", "major": 1, "minor": 2, "access": "rwm"],
                ["allow": true, "type": "b", "access": "rwm"],
            ])
    }

    @Test("Resources appear with the specification's names, camel case included")
    func resources() throws {
        let config = try config(
            """
            resources:
              devices: [{allow: false, access: rwm}]
              memory: {limit: 1, disableOOMKiller: true, kernelTCP: 2}
              cpu: {shares: 18446744073709551615, realtimePeriod: 3, cpus: "0-1"}
              pids: {limit: 4}
              blockio: {leafWeight: 5, throttleWriteBpsDevice: [{major: 8, minor: 0, rate: 6}]}
              hugepageLimits: [{pageSize: 2MB, limit: 7}]
              network: {classID: 8, priorities: [{name: eth0, priority: 9}]}
            """)
        #expect(
            config["linux"]?["resources"] == [
                "devices": [["allow": false, "access": "rwm"]],
                "memory": ["limit": 1, "kernelTCP": 2, "disableOOMKiller": true],
                "cpu": ["shares": .unsigned(.max), "realtimePeriod": 3, "cpus": "0-1"],
                "pids": ["limit": 4],
                "blockIO": [
                    "leafWeight": 5, "throttleWriteBpsDevice": [["major": 8, "minor": 0, "rate": 6]],
                ],
                "hugepageLimits": [["pageSize": "2MB", "limit": 7]],
                "network": ["classID": 8, "priorities": [["name": "eth0", "priority": 9]]],
            ])
    }

    @Test(
        "Namespaces: shared, own, or a path",
        arguments: [
            ("net: host\npid: root", [["type": "mount"]]),
            (
                "net: none\nipc: new\nuts: new\nuserns: new\npid: new",
                [
                    ["type": "network"], ["type": "ipc"], ["type": "uts"], ["type": "pid"], ["type": "user"],
                    ["type": "mount"],
                ]
            ),
            (
                "net: /run/n\npid: /run/p",
                [
                    ["type": "network", "path": "/run/n"], ["type": "pid", "path": "/run/p"],
                    ["type": "mount"],
                ]
            ),
        ] as [(String, JSONValue)])
    func namespaces(_ lines: String, _ expected: JSONValue) throws {
        #expect(try config(lines)["linux"]?["namespaces"] == expected)
    }

    @Test("A mount replaces what was on its destination: defaults, tmpfs, binds, mounts in that order")
    func mounts() throws {
        let config = try config(
            """
            readonly: true
            tmpfs: ["/a", "/b:size=1,ro", "/c"]
            binds: ["/x:/b", "/y:/c:ro"]
            mounts: [{type: tmpfs, destination: /c}, {source: mqueue}, {destination: /dev, options: [x]}]
            """)
        #expect(config["root"] == ["path": "rootfs", "readonly": true])
        #expect(mount("/a", in: config) == ["destination": "/a", "type": "tmpfs", "source": "tmpfs"])
        #expect(
            mount("/b", in: config)
                == [
                    "destination": "/b", "type": "bind", "source": "/x",
                    "options": ["rw", "rbind", "rshared"],
                ])
        #expect(mount("/c", in: config) == ["destination": "/c", "type": "tmpfs", "source": "tmpfs"])
        #expect(
            mount("/dev/mqueue", in: config)
                == ["destination": "/dev/mqueue", "type": "mqueue", "source": "mqueue"])
        #expect(
            mount("/dev", in: config)
                == ["destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["x"]])
        #expect(mount("/sys", in: config)?["options"]?.strings == ["nosuid", "noexec", "nodev", "ro"])
    }

    @Test(
        "A volume's name stands for its directory, in binds, in what is added to them and in mounts of type bind"
    )
    func volumes() throws {
        let config = try config(
            """
            binds.add: ["v:/a"]
            mounts: [{type: bind, source: v, destination: /b, options: [ro]}, {type: tmpfs, source: v, destination: /c}]
            """, label: #"{"binds": ["/l:/l"]}"#, rest: "volumes: [{name: v}]\n")
        let directory: JSONValue = "/containers/volumes/v/merged"
        #expect(mount("/a", in: config)?["source"] == directory)
        #expect(mount("/b", in: config)?["source"] == directory)
        #expect(mount("/c", in: config)?["source"] == "v")
        #expect(mount("/l", in: config)?["source"] == "/l")
    }

    @Test("Kit over label over image, field by field; an empty list replaces, a missing one does not")
    func precedence() throws {
        var image = ImageConfiguration.Config()
        image.entrypoint = ["/e"]
        image.command = ["c"]
        image.environment = ["I=1"]
        image.workingDirectory = "/i"
        image.user = "1000:1000"
        let label = """
            {"env": ["L=1"], "cwd": "/l", "hostname": "l", "capabilities": ["CAP_KILL"], "uid": 5,
             "runtime": {"mkdir": ["/l"], "bindNS": {"net": "/l"}, "namespace": "l"}}
            """
        var config = try config("", image: image, label: label)
        #expect(config["process"]?["args"]?.strings == ["/e", "c"])
        #expect(config["process"]?["env"]?.strings == ["L=1"] && config["process"]?["cwd"] == "/l")
        #expect(config["hostname"] == "l" && config["process"]?["user"] == ["uid": 5, "gid": 0])

        config = try self.config(
            "command: []\nenv: [K=1]\ncwd: /k\ncapabilities: [none]\ncapabilities.add: [CAP_CHOWN]\nuid: 6",
            image: image, label: label)
        #expect(config["process"]?["args"] == nil && config["process"]?["env"]?.strings == ["K=1"])
        #expect(config["process"]?["cwd"] == "/k" && config["process"]?["capabilities"] == [:])
        #expect(config["process"]?["user"]?["uid"] == 6)

        config = try self.config("capabilities.add: [CAP_CHOWN, CAP_KILL]", label: label)
        #expect(
            config["process"]?["capabilities"]?["effective"]?.strings == [
                "CAP_KILL", "CAP_CHOWN", "CAP_KILL",
            ])
        #expect(config["process"]?["capabilities"]?["bounding"]?.strings == ["CAP_CHOWN", "CAP_KILL"])

        let runtime = try JSONValue(
            parsing: try specification("runtime: {mkdir: [], bindNS: {pid: /k}}", label: label)
                .runtime(bundle: "b", root: "b/lower"))
        #expect(runtime["mkdir"] == [] && runtime["namespace"] == "l")
        #expect(runtime["bindNS"]?["net"] == "/l" && runtime["bindNS"]?["pid"] == "/k")
        #expect(runtime["bindNS"]?["uts"] == "")
    }

    @Test("The root file system: a bind of the image, or an overlay on it, its own or another container's")
    func rootFileSystem() throws {
        let readOnly = try specification("readonly: true\nruntime: {mounts: [{destination: /x, source: /y}]}")
        #expect(
            try JSONValue(parsing: readOnly.runtime(bundle: "c/s", root: "c/first/rootfs"))["mounts"] == [
                ["destination": "/c/s/rootfs", "source": "/c/first/rootfs", "options": ["bind"]],
                ["destination": "/x", "source": "/y"],
            ])
        let overlay = try specification("")
        let mounts = try JSONValue(parsing: overlay.runtime(bundle: "c/s", root: "c/first/lower"))["mounts"]
        #expect(
            mounts?[2]?["options"]?.strings
                == ["lowerdir=/c/first/lower", "upperdir=/c/s/tmp/upper", "workdir=/c/s/tmp/work"])
    }

    @Test(
        "A wrong label names the image, the place and the mistake",
        arguments: [
            (
                #"{"bind": ["/a:/b"]}"#,
                #"i label org.mobyproject.config:1:2: unknown key "bind", did you mean "binds"?"#
            ),
            (#"{"name": "x"}"#, #"i label org.mobyproject.config:1:2: a label can't set "name""#),
            ("[1]", "i label org.mobyproject.config:1:1: expected a mapping, found a list"),
            (
                #"{"binds": ["/a"]}"#,
                #"i label org.mobyproject.config:1:12: binds[0]: expected source:destination[:options], found "/a""#
            ),
        ])
    func wrongLabels(_ label: String, _ expected: String) throws {
        let error = #expect(throws: SpecificationError.self) { try specification("", label: label) }
        #expect(error?.description == expected)
    }

    @Test("A label that asks for a container that is not there is named with the container")
    func unknownUser() {
        let error = #expect(throws: SpecificationError.self) {
            try specification("", label: #"{"uid": "x"}"#)
        }
        #expect(error?.description == #"kit.yml:2:5: container "s", uid: no container has the name "x""#)
    }
}
