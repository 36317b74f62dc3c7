import Foundation
import Host
import TestSupport
import Testing

/// The scripts in packages/, judged by the shell that runs them.
@Suite struct PackageScriptTests {
    private static let directory = "\(Conformance.root)/packages"

    /// Every shell script below packages/, by path.
    private static func scripts() throws -> [String] {
        let walk = try #require(FileManager.default.enumerator(atPath: directory))
        return walk.compactMap { $0 as? String }.sorted().map { "\(directory)/\($0)" }.filter { path in
            guard let bytes = FileManager.default.contents(atPath: path) else { return false }
            return path.hasSuffix(".sh") || bytes.starts(with: "#!/bin/sh\n".utf8)
        }
    }

    @Test(.enabled(if: Tool.available("busybox"), "busybox-static is not installed"))
    func theirShellReadsThem() throws {
        let scripts = try Self.scripts()
        #expect(scripts.count > 10, "found too few to judge: \(scripts)")
        for script in scripts { try Tool.run("busybox", ["ash", "-n", script]) }
    }

    @Test(.enabled(if: Tool.available("shellcheck"), "shellcheck is not installed"))
    func shellcheckAgrees() throws {
        let result = try Command("shellcheck", Self.scripts()).run()
        #expect(result.status == 0, "\(result.outputText)")
    }

    /// Scripts that are started, not sourced, keep their mode: a recipe without `mode` goes by it.
    @Test func scriptsMayBeExecuted() throws {
        for script in try Self.scripts() where !script.hasSuffix(".sh") {
            #expect(FileManager.default.isExecutableFile(atPath: script), "\(script)")
        }
    }

    @Test(.enabled(if: Tool.available("busybox"), "busybox-static is not installed"))
    func runtimeSettingsBecomeShellCalls() throws {
        let text = """
            {
                "cgroups": [
                    "podruntime"
                ],
                "mounts": [
                    {
                        "destination": "/c/tmp",
                        "options": [
                            "remount",
                            "private"
                        ]
                    },
                    {
                        "destination": "/c/rootfs",
                        "type": "overlay",
                        "source": "overlay",
                        "options": [
                            "lowerdir=/c/lower",
                            "upperdir=/c/tmp/upper"
                        ]
                    }
                ],
                "mkdir": [
                    "/var/it's a \\u003c\\"\\\\folder\\""
                ],
                "interfaces": [
                    {
                        "name": "wg0",
                        "add": "wireguard",
                        "createInRoot": true
                    },
                    {
                        "name": "eth1"
                    },
                    {
                        "name": "v0",
                        "add": "veth",
                        "peer": "v1"
                    }
                ],
                "bindNS": {
                    "cgroup": "",
                    "net": "/run/netns/wg",
                    "uts": ""
                },
                "namespace": "x"
            }
            """
        #expect(
            try calls(text) == [
                "runtime_cgroup 'podruntime'",
                "runtime_mount '' '' '/c/tmp' 'remount,private'",
                "runtime_mount 'overlay' 'overlay' '/c/rootfs' 'lowerdir=/c/lower,upperdir=/c/tmp/upper'",
                #"runtime_mkdir '/var/it'\''s a <"\folder"'"#,
                "runtime_interface 'wg0' 'wireguard' '' 'true'",
                "runtime_interface 'eth1' '' '' 'false'",
                "runtime_interface 'v0' 'veth' 'v1' 'false'",
                "runtime_namespace 'net' '/run/netns/wg'",
            ])
    }

    @Test(.enabled(if: Tool.available("busybox"), "busybox-static is not installed"))
    func emptyRuntimeSettingsCallNothing() throws {
        let text = """
            {
                "cgroups": [],
                "mounts": [],
                "mkdir": [],
                "interfaces": [],
                "bindNS": {
                    "cgroup": "",
                    "uts": ""
                },
                "namespace": ""
            }
            """
        #expect(try calls(text) == [])
    }

    private func calls(_ text: String) throws -> [String] {
        let directory = try TemporaryDirectory()
        let file = try directory.write("runtime.json", text)
        let result = try Tool.run(
            "busybox", ["awk", "-f", "\(Self.directory)/runc/bundles/runtime.awk", file])
        return result.outputText.split(separator: "\n").map(String.init)
    }
}
