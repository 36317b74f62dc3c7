import Bytes
import JSON
import KitConfig
import OCI

extension FuzzFormat {
    static let json = FuzzFormat(
        name: "json", seeds: { (JSONSeeds.values + JSONSeeds.documents).map { Specimen(Array($0.utf8)) } },
        read: { specimen in
            let value = try JSONValue(parsing: specimen.allBytes)
            // What was read can be written, and says the same again.
            guard try JSONValue(parsing: value.encoded(.compact)) == value else {
                throw BrokenPromise("a value is another after it was written and read")
            }
        })

    /// The documents of an OCI image layout.
    static let imageDocuments = FuzzFormat(
        name: "image-documents", seeds: { JSONSeeds.documents.map { Specimen(Array($0.utf8)) } },
        read: { specimen in
            let bytes = specimen.allBytes
            do { _ = try ImageIndex(parsing: bytes, document: "index") } catch {
                do { _ = try ImageManifest(parsing: bytes, document: "manifest") } catch {
                    let configuration = try ImageConfiguration(parsing: bytes, document: "configuration")
                    _ = try ImageConfiguration(parsing: configuration.encoded(), document: "again")
                }
            }
        })

    /// The YAML of a kit.
    static let kit = FuzzFormat(
        name: "kit", seeds: { [Specimen(Array(KitSeed.text.utf8)), Specimen(Array("init: [a]\n".utf8))] },
        read: { specimen in
            _ = try KitLoader().load([KitSource(name: "kit.yml", text: specimen.allBytes)])
        })
}

private enum JSONSeeds {
    static let values = [
        #"{"a": [1, -2.5e+10, true, false, null, "x\u00e9\ud83d\ude00\n\\\"/", {}], "b": {"c": []}}"#,
        #"[[[[[[[[[[0]]]]]]]]], 18446744073709551615, -9223372036854775808, 1e-999, "\u2028<&>"]"#,
    ]

    private static let digest = "sha256:" + String(repeating: "0123456789abcdef", count: 4)

    static let documents = [
        #"{"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": [{"#
            + #""mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": "\#(digest)", "size": 123, "#
            + #""platform": {"architecture": "arm64", "os": "linux", "variant": "v8"}, "#
            + #""annotations": {"org.opencontainers.image.ref.name": "docker.io/library/redis:7"}}]}"#,
        #"{"schemaVersion": 2, "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "#
            + #""digest": "\#(digest)", "size": 7}, "layers": [{"mediaType": "#
            + #""application/vnd.oci.image.layer.v1.tar+gzip", "digest": "\#(digest)", "size": 5000}]}"#,
        #"{"architecture": "amd64", "os": "linux", "config": {"User": "1:2", "Env": ["PATH=/bin"], "#
            + #""Cmd": ["/bin/sh"], "ExposedPorts": {"80/tcp": {}}, "Volumes": {"/data": {}}, "#
            + #""Labels": {"a": "b"}, "WorkingDir": "/", "StopSignal": "SIGTERM"}, "#
            + #""rootfs": {"type": "layers", "diff_ids": ["\#(digest)"]}}"#,
    ]
}

private enum KitSeed {
    static let text = """
        kernel:
          image: linuxkit/kernel:6.6.13
          cmdline: "console=ttyS0 panic=1"
        init: &all
          - linuxkit/init:v1.0
          - linuxkit/runc:v1.0
        onboot:
          - name: dhcpcd
            image: linuxkit/dhcpcd:v1.0
            command: ["/sbin/dhcpcd", "-1"]
            binds: [ "/dev:/dev", '/etc:/etc' ]
            capabilities: [all]
        services:
          - name: redis
            image: redis:5.0.5
            env:
              - A=1
            uid: 100
            resources: {memory: {limit: 10, swappiness: 3}}
            mounts:
              - type: tmpfs
                destination: /tmp
                options: [nosuid, "size=1k"]
            annotations: {k: v}
            rlimits: ["nofile,10,20"]
            runtime:
              mkdir: [/a]
              interfaces:
                - {name: eth0, add: veth, peer: veth1}
        files:
          - path: etc/motd
            contents: |
              hello
                world
            mode: "0644"
          - path: etc/x
            symlink: ../y
          - path: dir
            directory: true
        volumes:
          - name: v
            image: some/image
            readonly: false

        """
}
