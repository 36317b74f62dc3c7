import KitConfig
import Testing

@Suite("An invalid configuration gets every problem at once, each at its place")
struct ProblemTests {
    @Test("One reading finds them all")
    func everything() {
        let text = """
            services:
              - nme: a
                image: b
                comand: [a]
                readonly: yes
                env: [A=1, 5]
                oomScoreAdj: x
                sysctl: {a: 1}
                capabilities: [CAP_NET_ADMN, net_admin, all]
                binds: [a, "b:/c"]
                mounts: [{type: bind, source: vol, destination: /x}, {destination: /y}]
                rlimits: ["nofil,1,2", "nofile,1", "nofile,x,2"]
                uid: nobody
                devices: [{path: /dev/x, type: c}]
                tmpfs: ["/a:b:c"]
            """
        #expect(
            problems(of: text) == [
                #"kit.yml:2:5: services[0]: unknown key "nme", did you mean "name"?"#,
                #"kit.yml:2:5: services[0]: "name" is missing"#,
                #"kit.yml:4:5: services[0]: unknown key "comand", did you mean "command"?"#,
                #"kit.yml:5:15: services[0].readonly: expected true or false, found "yes""#,
                #"kit.yml:6:16: services[0].env[1]: expected a string, found 5: put it in quotes"#,
                #"kit.yml:7:18: services[0].oomScoreAdj: expected an integer, found "x""#,
                #"kit.yml:8:17: services[0].sysctl.a: expected a string, found 1: put it in quotes"#,
                #"kit.yml:9:20: services[0].capabilities[0]: unknown capability "CAP_NET_ADMN", did you mean "CAP_NET_ADMIN"?"#,
                #"kit.yml:9:34: services[0].capabilities[1]: unknown capability "net_admin", did you mean "CAP_NET_ADMIN"?"#,
                #"kit.yml:9:45: services[0].capabilities[2]: "all" cannot be combined with others"#,
                #"kit.yml:10:13: services[0].binds[0]: expected source:destination[:options], found "a""#,
                #"kit.yml:10:16: services[0].binds[1]: "b" is neither an absolute path nor a volume"#,
                #"kit.yml:11:35: services[0].mounts[0]: "vol" is neither an absolute path nor a volume"#,
                #"kit.yml:11:58: services[0].mounts[1]: the mount on "/y" needs a type"#,
                #"kit.yml:12:15: services[0].rlimits[0]: unknown limit "nofil", did you mean "RLIMIT_NOFILE"?"#,
                #"kit.yml:12:28: services[0].rlimits[1]: expected name,soft,hard, found "nofile,1""#,
                #"kit.yml:12:40: services[0].rlimits[2]: expected a number or "unlimited", found "x""#,
                #"kit.yml:13:10: services[0].uid: no container has the name "nobody""#,
                #"kit.yml:14:15: services[0].devices[0]: a device needs an octal mode such as "0660", found none"#,
                #"kit.yml:15:13: services[0].tmpfs[0]: expected destination[:options], found "/a:b:c""#,
            ])
    }

    @Test(
        "Each mistake is named",
        arguments: [
            ("kernal:\n  image: x\n", #"1:1: unknown key "kernal", did you mean "kernel"?"#),
            (
                "xyz: 1\n",
                #"1:1: unknown key "xyz"; valid keys: kernel, init, onboot, onshutdown, services, files, volumes, trust"#
            ),
            ("init: x\n", #"1:7: init: expected a list of image names, found "x""#),
            ("onboot:\n", "1:8: onboot: expected a list of mappings, found nothing"),
            ("- a\n", "1:1: expected a mapping, found a list"),
            (
                "kernel: {image: x, tar: true}\n",
                "1:25: kernel.tar: expected a string, found true: put it in quotes"
            ),
            ("init: ['']\n", "1:8: init[0]: an image name must not be empty"),
            (
                "services: [{name: a/b, image: i}]\n",
                #"1:19: services[0].name: "a/b" cannot be used as a directory name"#
            ),
            (
                "services:\n- {name: a, image: x}\n- {name: a, image: y}\n",
                #"3:10: services[1]: duplicate name "a", first used at kit.yml:2:10"#
            ),
            (
                "volumes: [{name: A}]\n",
                #"1:18: volumes[0].name: invalid volume name "A": use only a-z, 0-9, _ and -"#
            ),
            (
                "volumes: [{name: a, format: ocii}]\n",
                #"1:29: volumes[0].format: unsupported format "ocii": use "filesystem" or "oci""#
            ),
            (
                "files: [{path: a}]\n",
                "1:9: files[0]: the kind of file is missing: add one of contents, source, symlink, directory, metadata"
            ),
            (
                "files: [{path: a, contents: x, symlink: y}]\n",
                "1:9: files[0]: symlink and contents cannot be used together"
            ),
            (
                "files: [{path: a, contents: x, mode: 0999}]\n",
                #"1:38: files[0].mode: expected an octal mode such as "0644", found "0999""#
            ),
            (
                "files: [{path: /a/, contents: x}]\n",
                "1:16: files[0]: only the path of a directory can end in a slash"
            ),
            ("files: [{contents: x}]\n", #"1:9: files[0]: "path" is missing"#),
            ("files: [{path: a/../b, contents: x}]\n", #"1:16: files[0]: "a/../b" must not contain "..""#),
            (
                "files: [{path: a, contents: x, uid: -1}]\n",
                "1:37: files[0].uid: -1 is outside 0 … 4294967295"
            ),
            (
                "files: [{path: a, metadata: toml}]\n",
                #"1:29: files[0].metadata: unsupported metadata "toml": use "yaml" or "json""#
            ),
            (
                service("resources: {cpu: {shares: -1}, blockio: {weight: 70000}}"),
                "4:31: services[0].resources.cpu.shares: -1 is outside 0 … 18446744073709551615\n"
                    + "4:54: services[0].resources.blockio.weight: 70000 is outside 0 … 65535"
            ),
            (service("uid: S"), #"4:10: services[0].uid: no container has the name "S", did you mean "s"?"#),
        ])
    func mistakes(_ text: String, _ expected: String) {
        let lines = expected.split(separator: "\n").map { "kit.yml:\($0)" }
        #expect(problems(of: text) == lines)
    }

    @Test("A read-only volume must be bound read-only")
    func readOnlyVolume() {
        let volumes = "volumes: [{name: v, image: i, readonly: true}]\n"
        #expect(
            problems(of: volumes + service(#"binds: ["v:/v"]"#)) == [
                #"kit.yml:5:13: services[0].binds[0]: the volume "v" is read-only: bind it with the option "ro""#
            ])
        #expect(problems(of: volumes + service(#"binds.add: ["v:/v:ro"]"#)).isEmpty)
    }

    @Test("Every duplicate key is found, beside other problems")
    func duplicateKeys() {
        let text =
            "init: []\nfoo: 1\ninit: [a]\nkernel: {image: x, \"image\": y, 'image': z}\n<<: {}\n<<: {}\n"
        let known = "valid keys: kernel, init, onboot, onshutdown, services, files, volumes, trust"
        #expect(
            problems(of: text) == [
                #"kit.yml:2:1: unknown key "foo"; "# + known,
                #"kit.yml:3:1: duplicate key "init", first used at kit.yml:1:1"#,
                #"kit.yml:4:20: duplicate key "image", first used at kit.yml:4:10"#,
                #"kit.yml:4:32: duplicate key "image", first used at kit.yml:4:10"#,
                #"kit.yml:6:1: duplicate key "<<", first used at kit.yml:5:1"#,
            ])
        #expect(
            problems(of: #"{"in\u0069t": [], init: []}"#)
                == [#"kit.yml:1:19: duplicate key "init", first used at kit.yml:1:2"#])
        let many = (0..<100).map { "init: [] # \($0)\n" }.joined()
        #expect(problems(of: many).count == 99)
        #expect(problems(of: many).last == #"kit.yml:100:1: duplicate key "init", first used at kit.yml:1:1"#)
    }

    @Test("Problems of several files come file by file")
    func severalFiles() throws {
        let one = KitSource(name: "one.yml", text: "services: [{name: s, image: i}]\nbad: 1\n")
        let two = KitSource(name: "two.yml", text: "services: [{name: s, image: i, uid: t}]\n")
        let error = #expect(throws: KitProblems.self) { try KitLoader().load([one, two]) }
        #expect(
            error?.problems.map(\.location.description)
                == ["one.yml:2:1", "two.yml:1:19", "two.yml:1:37"], "\(String(describing: error))")
    }

    @Test("Image names can be checked with the rest")
    func imageNames() {
        let rules = ImageNameRules(refusal: { $0.contains(" ") ? "there is a blank in it" : nil })
        #expect(
            problems(of: "init: [a, \"b c\"]\nkernel: {image: d}\n", rules: rules)
                == [#"kit.yml:1:11: init[1]: "b c" is not an image name: there is a blank in it"#])
    }

    @Test("What is accepted and ignored is said")
    func notices() throws {
        let text = "trust: {org: [linuxkit]}\nvolumes: [{name: v, readonly: true}]\n---\nignored: [\n"
        let notices = try KitLoader().load([KitSource(name: "kit.yml", text: text)]).notices
        #expect(
            notices.map(\.description) == [
                #"kit.yml:1:8: "trust" is ignored: images are checked by digest"#,
                "kit.yml:2:31: volumes[0]: a blank volume that is read-only stays empty",
                "kit.yml:4:1: only the first YAML document of a file counts; this one is ignored",
            ])
        let second = try KitLoader().load([KitSource(name: "kit.yml", text: "init: []\n---\ninit: [a]\n")])
        #expect(second.kit.initImages.isEmpty)
        #expect(
            second.notices.map(\.description)
                == ["kit.yml:3:1: only the first YAML document of a file counts; this one is ignored"])
    }
}
