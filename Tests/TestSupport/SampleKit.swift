internal import Bytes
internal import Digests
internal import JSON
internal import OCI

/// A kit with something of everything, its images made here: what the tests over all outputs build.
public enum SampleKit {
    /// Needs a home with a file `greeting`.
    public static let yaml = """
        kernel:
          image: sample/kernel:1
          cmdline: console=ttyS0 panic=1
          ucode: ucode.cpio
        init:
          - sample/init:1
          - sample/tools:1
        volumes:
          - name: blank
          - name: data
            image: sample/data:1
        onboot:
          - name: first
            image: sample/app:1
            command: [/bin/app, once]
            binds: ["data:/data"]
        onshutdown:
          - name: last
            image: sample/base:1
            command: [/bin/tool]
        services:
          - name: app
            image: sample/app:1
            capabilities: [CAP_NET_BIND_SERVICE]
          - name: other
            image: sample/other:1
            readonly: true
            env: ["B=2", "A=1"]
        files:
          - path: etc/greeting
            source: ~/greeting
            mode: "0600"
          - path: etc/linuxkit.yml
            metadata: yaml
          - path: var/lib/empty
            directory: true
            mode: "0750"
          - path: etc/link
            symlink: greeting
          - path: etc/who
            contents: "an owner\\n"
            uid: app
        """

    /// What `~/greeting` holds.
    public static let greeting = "hello\n"

    /// The images in a layout of their own, their layers compressed so.
    public static func layout(_ compression: LayoutBuilder.Compression = .gzip) throws -> LayoutBuilder {
        let builder = try LayoutBuilder()
        func manifest(_ architecture: String, _ layers: [[TestMember]]) throws -> Descriptor {
            let parts = try layers.map { try builder.layer(TestTar.archive($0), compression) }
            return try builder.manifest(
                parts, platform: Platform(architecture: architecture),
                config: ["Cmd": ["/bin/app"], "Env": ["PATH=/bin"]])
        }
        func add(_ name: String, _ layers: [[TestMember]], sbom: Bool = false) throws {
            let manifests = try ["amd64", "arm64"].map { try manifest($0, layers) }
            let attached =
                sbom ? try manifests.map { try builder.attestation(spdx(name), of: $0) } : []
            try builder.index("sample/\(name):1", manifests + attached)
        }
        try builder.index(
            "sample/kernel:1",
            [
                try manifest("amd64", [kernel(SampleBootFiles.bzImage)]),
                try manifest("arm64", [kernel(SampleBootFiles.arm64Image)]),
            ])
        try add("init", [initBase, initTop], sbom: true)
        try add("tools", [tools])
        try add("data", [[.directory("d"), .file("d/data", "some data\n", mode: 0o640)]])
        try add("base", [base])
        try add(
            "app", [base, [.directory("bin"), .file("bin/app", noise(1, 40_000), mode: 0o755)]], sbom: true)
        try add("other", [base, [.directory("bin"), .file("bin/other", noise(2, 30_000), mode: 0o755)]])
        return builder
    }

    private static func spdx(_ name: String) -> JSONValue {
        [
            "spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": .text(name),
            "packages": [["name": .text(name), "SPDXID": .text("SPDXRef-\(name)")]],
            "files": [["fileName": "/bin/app", "SPDXID": "SPDXRef-file"]],
        ]
    }
}

extension SampleKit {
    private static func kernel(_ image: [UInt8]) -> [TestMember] {
        let modules: [TestMember] = [
            .directory("lib/modules"), .directory("lib/modules/6.1"),
            .file("lib/modules/6.1/a.ko", noise(3, 20_000)), .file("lib/modules/6.1/modules.dep", "a.ko:\n"),
        ]
        return [
            raw("kernel", image), raw("kernel.tar", TestTar.archive(modules)),
            raw("ucode.cpio", microcode),
        ]
    }

    private static var initBase: [TestMember] {
        [
            .directory("bin"), .directory("dev"), .directory("etc"), .directory("opt"), .directory("opt/dir"),
            .directory("tmp", mode: 0o1777), .directory("run"),
            .file("bin/busybox", noise(5, 200_000), mode: 0o755), .hardLink("bin/sh", to: "bin/busybox"),
            .hardLink("bin/ash", to: "bin/busybox"), .file("bin/su", noise(6, 5_000), mode: 0o4755),
            .file("etc/hostname", "linuxkit\n"), .file("etc/old", "gone in the end\n"),
            .file("opt/dir/a", "hidden\n"), .file("opt/dir/b", "hidden\n"),
            .symlink("etc/mtab", to: "/proc/mounts"), device("dev/console", "3", 5, 1),
            device("dev/loop0", "4", 7, 0), TestMember("run/pipe", type: "6"),
            .file("etc/empty"), owned(.file("etc/shadow", "root:*\n", mode: 0o640), 0, 42),
        ]
    }

    /// Takes away from the base and adds what is rare.
    private static var initTop: [TestMember] {
        var capable = TestMember.file("bin/ping", noise(7, 3_000), mode: 0o755)
        let capability: [UInt8] = [1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        capable.records = [(key: "SCHILY.xattr.security.capability", value: ByteString(capability))]
        let long = ByteString(
            "opt/" + Array(repeating: "a-rather-long-name", count: 12).joined(separator: "/"))
        return [
            .whiteout("etc/", "old"), .opaque("opt/dir/"), .directory("opt/dir"),
            .file("opt/dir/c", "seen\n"),
            capable, .file(long, "deep\n"), .file("etc/ünï code", "named oddly\n"),
            owned(.file("etc/far", "far away\n"), 3_000_000, 4_000_000),
            .file("bin/two", noise(8, 100)), .hardLink("bin/deux", to: "bin/two"),
        ]
    }

    private static var tools: [TestMember] {
        [.directory("usr"), .directory("usr/bin"), .file("usr/bin/runc", noise(9, 150_000), mode: 0o755)]
    }

    /// What several services stand on.
    private static var base: [TestMember] {
        [
            .directory("bin"), .directory("lib"), .file("lib/libc.so", noise(10, 120_000), mode: 0o755),
            .symlink("lib/libc.so.6", to: "libc.so"), .file("bin/tool", noise(11, 9_000), mode: 0o4755),
        ]
    }

    private static func raw(_ name: ByteString, _ bytes: [UInt8]) -> TestMember {
        var member = TestMember.file(name)
        member.contents = bytes
        return member
    }

    private static func device(
        _ name: ByteString, _ type: Character, _ major: UInt32, _ minor: UInt32
    ) -> TestMember {
        var member = TestMember(name, type: type)
        (member.mode, member.deviceMajor, member.deviceMinor) = (0o600, major, minor)
        return member
    }

    private static func owned(_ member: TestMember, _ uid: UInt32, _ gid: UInt32) -> TestMember {
        var member = member
        (member.uid, member.gid) = (uid, gid)
        return member
    }

    /// Text that compresses about as well as programs do.
    static func noise(_ seed: UInt64, _ count: Int) -> String {
        var state = seed &* 0x9E37_79B9_7F4A_7C15
        var text: [UInt8] = []
        while text.count < count {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            text += Array("\(state >> 48) ".utf8)
        }
        return String(decoding: text.prefix(count), as: UTF8.self)
    }

    /// A newc archive as the kernel wants microcode, of a length that is no multiple of 4.
    private static var microcode: [UInt8] {
        func member(_ name: String, _ mode: UInt32, _ contents: [UInt8]) -> [UInt8] {
            let fields: [UInt32] = [
                1, mode, 0, 0, 1, 0, UInt32(contents.count), 0, 0, 0, 0, UInt32(name.utf8.count + 1), 0,
            ]
            let digits = fields.map { field in
                let text = String(field, radix: 16, uppercase: true)
                return String(repeating: "0", count: 8 - text.count) + text
            }
            var bytes = Array(("070701" + digits.joined() + name).utf8) + [0]
            while bytes.count % 4 != 0 { bytes.append(0) }
            bytes += contents
            while bytes.count % 4 != 0 { bytes.append(0) }
            return bytes
        }
        let all =
            member("kernel", 0o40755, []) + member("kernel/x86", 0o40755, [])
            + member("kernel/x86/microcode", 0o40755, [])
            + member("kernel/x86/microcode/GenuineIntel.bin", 0o100644, Array("not microcode".utf8))
            + member("TRAILER!!!", 0, [])
        return all.dropLast(3)
    }
}
