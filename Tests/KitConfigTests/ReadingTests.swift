import Bytes
import KitConfig
import Testing

@Suite("Scalars mean what they mean to LinuxKit")
struct ReadingTests {
    @Test("Words that YAML 1.1 took for booleans are strings where a string is wanted")
    func strings() throws {
        let kit = try load(
            service(#"command: [yes, on, n, ~x, 1.2.3, 0x, "5", 2001-01-01, !!str 5, ! 6, !!binary aGk=]"#))
        #expect(
            kit.services[0].command
                == ["yes", "on", "n", "~x", "1.2.3", "0x", "5", "2001-01-01", "5", "6", "hi"])
    }

    @Test(
        "What is a number, a boolean or nothing is no string",
        arguments: [
            "5", "-5", "0x1f", "0b11", "0o17", "017", "1_000", "1.5", "1.", ".5", "1e3", ".inf", "-.Inf",
            ".nan", "true",
            "FALSE", "~", "null", "!!int 5", "!!float 5",
        ])
    func noStrings(_ scalar: String) { #expect(problems(of: service("hostname: \(scalar)")).count == 1) }

    @Test(
        "Integers are read in every base",
        arguments: [
            ("17", 17), ("+17", 17), ("-1_000", -1000), ("0x1F", 31), ("-0b11", -3), ("0o17", 15),
            ("017", 15), ("1.0", 1),
            ("1e3", 1000), ("!!int 7", 7),
        ])
    func integers(_ scalar: String, _ value: Int64) throws {
        #expect(try load(service("oomScoreAdj: \(scalar)")).services[0].oomScoreAdj == value)
    }

    @Test("64-bit limits are exact")
    func largeIntegers() throws {
        let kit = try load(
            service("resources: {cpu: {shares: 18446744073709551615}, memory: {limit: -9223372036854775808}}")
        )
        #expect(kit.services[0].resources?.cpu?.shares == .max)
        #expect(kit.services[0].resources?.memory?.limit == .min)
    }

    @Test(
        "A contradicting tag is a problem", arguments: ["!!int x", "!!bool maybe", "!!float x", "!!null 5"])
    func contradictingTags(_ scalar: String) {
        #expect(problems(of: service("oomScoreAdj: \(scalar)")).count == 1)
        #expect(problems(of: service("hostname: \(scalar)")).count == 1)
    }

    @Test("Unset, empty and set are told apart")
    func presence() throws {
        let containers = try load(
            "services:\n- {name: a, image: i}\n- {name: b, image: i, env: [], uid: 0, sysctl: {}, readonly: false}\n"
        ).services
        #expect(containers[0].env == nil && containers[1].env == [])
        #expect(containers[0].uid == nil && containers[1].uid == .number(0))
        #expect(containers[0].sysctl == nil && containers[1].sysctl == [:])
        #expect(containers[0].readonly == nil && containers[1].readonly == false)
        #expect(try load("{}").written == [])
        #expect(try load("onboot: []").written == [.onboot])
    }

    @Test(
        "Modes are octal, with quotes and without",
        arguments: [
            "\"0644\"", "\"644\"", "0644", "644", "'0o644'", "0o644", "0O644", "!!str 0644", "!!int 0644",
        ])
    func modes(_ mode: String) throws {
        let text = "files: [{path: a, contents: x, mode: \(mode)}]"
        #expect(try load(text).files[0].permissions == 0o644)
        let device = "{path: /dev/x, type: c, major: 1, minor: 2, mode: \(mode)}"
        let kit = try load("services: [{name: s, image: i, devices: [\(device)]}]")
        #expect(kit.services[0].devices?.first?.permissions == 0o644)
    }

    @Test("What LinuxKit can't read is written so that it can", arguments: ["0o644", "'0o0644'", "0644"])
    func normalizedModes(_ mode: String) throws {
        let kit = try load("files: [{path: a, contents: x, mode: \(mode)}]")
        #expect(String(decoding: kit.yaml(.v3), as: UTF8.self).contains("mode: \"0644\""))
        let label = try ContainerConfig(
            label: KitSource(name: "l", text: "devices: [{path: /dev/x, type: c, mode: \(mode)}]"))
        #expect(label.devices?.first?.mode.text == "0644")
    }

    @Test(
        "What is not octal is refused",
        arguments: [
            "0999", "438.0", "+644", "-644", "0x1b6", "0b110", "0_644", "true", "null", "''", "rw-", "[0644]",
        ])
    func otherModes(_ mode: String) {
        #expect(problems(of: "files: [{path: a, contents: x, mode: \(mode)}]").isEmpty == (mode == "''"))
        let device = "{path: /dev/x, type: c, major: 1, minor: 2, mode: \(mode)}"
        #expect(!problems(of: "services: [{name: s, image: i, devices: [\(device)]}]").isEmpty)
    }

    @Test(
        "The mode beside the kind `all` means nothing, and may be anything", arguments: ["rwm", "''", "0666"])
    func modesOfKinds(_ mode: String) {
        #expect(
            problems(of: "services: [{name: s, image: i, devices: [{path: all, type: b, mode: \(mode)}]}]")
                .isEmpty)
    }

    @Test("Files are private by default")
    func defaultModes() throws {
        let files = try load("files: [{path: a, contents: x}, {path: b, directory: true}]").files
        #expect(files.map(\.permissions) == [0o600, 0o700])
    }

    @Test("A file's contents may be any bytes")
    func binary() throws {
        #expect(
            try load("files: [{path: a, contents: !!binary /wD+}]").files[0].contents
                == ByteString([0xFF, 0, 0xFE]))
        #expect(try load("files: [{path: a, contents: ''}]").files[0].contents == ByteString())
    }

    @Test("Users are numbers or names of containers, which count from 100 through the sections")
    func ids() throws {
        let kit = try load(
            """
            onboot: [{name: a, image: i}]
            onshutdown: [{name: b, image: i}]
            services: [{name: c, image: i, uid: a, gid: root, additionalGids: [5, b, ""]}]
            """)
        let service = kit.services[0]
        #expect(service.uid?.resolved(kit.containerIDs) == 100)
        #expect(service.gid?.resolved(kit.containerIDs) == 0)
        #expect(service.additionalGids?.map { $0.resolved(kit.containerIDs) } == [5, 101, 0])
    }

    @Test("Anchors, aliases and merge keys; a mapping's own keys win, then the earlier merge")
    func merges() throws {
        let kit = try load(
            """
            onboot:
            - &base {name: a, image: i, cwd: /a, env: &env [A=1]}
            - <<: [{cwd: /b}, *base]
              name: b
              env: *env
            """)
        #expect(kit.onboot[1].name == "b" && kit.onboot[1].image == "i")
        #expect(kit.onboot[1].cwd == "/b" && kit.onboot[1].env == ["A=1"])
    }

    @Test(
        "Only a plain << merges, or what is tagged so",
        arguments: [("<<", true), ("\"<<\"", false), ("!!str <<", false), ("!!merge \"<<\"", true)])
    func mergeKeys(_ key: String, _ merges: Bool) throws {
        let text = service("sysctl: &a {x: y}", "annotations: {\(key): *a}")
        if merges {
            #expect(try load(text).services[0].annotations == ["x": "y"])
        } else {
            #expect(
                problems(of: text)
                    == ["kit.yml:4:13: services[0].annotations.<<: expected a string, found a mapping"])
        }
    }

    @Test("A name stands for the latest value that has it")
    func anchors() throws {
        let kit = try load(service("env: [&a A=1, *a, &a B=2, *a]", "command: &b [&b z, *b]", "hostname: *b"))
        #expect(kit.services[0].env == ["A=1", "A=1", "B=2", "B=2"])
        #expect(kit.services[0].command == ["z", "z"] && kit.services[0].hostname == "z")
    }

    @Test("Camel-case keys of resources and mappings are honoured, and so are the lower-case ones")
    func camelCase() throws {
        let camel = """
            resources: {memory: {disableOOMKiller: true, kernelTCP: 1}, cpu: {realtimePeriod: 2, realtimeRuntime: 3}, \
            blockio: {leafWeight: 4, weightDevice: [{major: 8, minor: 1, leafWeight: 5}], \
            throttleReadIOPSDevice: [{major: 8, minor: 2, rate: 6}]}, hugepageLimits: [{pageSize: 2MB, limit: 7}], \
            network: {classID: 8}}
            """
        let lower = """
            resources: {memory: {disableoomkiller: true, kerneltcp: 1}, cpu: {realtimeperiod: 2, realtimeruntime: 3}, \
            blockIO: {leafweight: 4, weightdevice: [{major: 8, minor: 1, leafweight: 5}], \
            throttlereadiopsdevice: [{major: 8, minor: 2, rate: 6}]}, hugepagelimits: [{pagesize: 2MB, limit: 7}], \
            network: {classid: 8}}
            """
        let resources = try load(service(camel)).services[0].resources
        #expect(resources?.memory?.disableOOMKiller == true && resources?.memory?.kernelTCP == 1)
        #expect(resources?.cpu?.realtimePeriod == 2 && resources?.cpu?.realtimeRuntime == 3)
        #expect(resources?.blockIO?.weightDevice.first?.leafWeight == 5)
        #expect(resources?.blockIO?.throttleReadIOPSDevice.first?.rate == 6)
        #expect(resources?.hugepageLimits.first?.pageSize == "2MB" && resources?.network?.classID == 8)
        #expect(try load(service(lower)).services[0].resources == resources)

        let mappings = try load(service("uidMappings: [{hostID: 1, containerID: 2, size: 3}]")).services[0]
            .uidMappings
        #expect(
            mappings?.first?.hostID == 1 && mappings?.first?.containerID == 2 && mappings?.first?.size == 3)
        #expect(
            try load(service("uidMappings: [{hostid: 1, containerid: 2, size: 3}]")).services[0].uidMappings
                == mappings)
    }

    @Test(
        "A page size in bytes gets its unit",
        arguments: [
            ("2097152", "2MB"), ("1073741824", "1GB"), ("65536", "64KB"), ("100", "100B"), ("1GB", "1GB"),
        ])
    func pageSizes(_ scalar: String, _ expected: String) throws {
        let kit = try load(service("resources: {hugepageLimits: [{pageSize: \(scalar), limit: 1}]}"))
        #expect(kit.services[0].resources?.hugepageLimits.first?.pageSize.text == expected)
    }

    @Test("A kernel given later replaces field by field, lists grow")
    func appending() throws {
        let one = KitSource(
            name: "1", text: "kernel: {image: a, cmdline: c, tar: none}\ninit: [x]\nvolumes: [{name: v}]\n")
        let two = KitSource(
            name: "2", text: "kernel: {image: b, ucode: u}\ninit: [y]\nonboot: []\nvolumes: [{name: w}]\n")
        let kit = try KitLoader().load([one, two]).kit
        #expect(
            kit.kernel.image == "b" && kit.kernel.cmdline == "c" && kit.kernel.tar == "none"
                && kit.kernel.ucode == "u")
        #expect(kit.initImages == ["x", "y"])
        #expect(kit.volumes.map(\.name) == ["v", "w"])
        // As in Go, nothing appended to nothing is nothing.
        #expect(kit.written == [.initImages, .volumes])
    }

    @Test("@pkg: stands for the image of a package directory, in every image field")
    func packages() throws {
        let rules = ImageNameRules(resolvePackage: { path, location in "org/\(path):\(location.line)" })
        let kit = try load(
            """
            kernel: {image: "@pkg:../k"}
            init: ["@pkg:i"]
            services: [{name: s, image: "@pkg:s", command: ["@pkg:c"]}]
            volumes: [{name: v, image: "@pkg:v"}]
            """, rules: rules)
        #expect(kit.kernel.image == "org/../k:1" && kit.initImages == ["org/i:2"])
        #expect(kit.services[0].image == "org/s:3" && kit.volumes[0].image == "org/v:4")
        #expect(kit.services[0].command == ["@pkg:c"])

        let failing = ImageNameRules(resolvePackage: { path, _ in
            throw RuleViolation("no directory \(path)")
        })
        #expect(
            problems(of: "init: [\"@pkg:x\", \"@pkg:y\"]", rules: failing) == [
                "kit.yml:1:8: init[0]: @pkg:x: no directory x",
                "kit.yml:1:18: init[1]: @pkg:y: no directory y",
            ])
    }
}
