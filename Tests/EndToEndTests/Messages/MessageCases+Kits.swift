extension MessageCases {
    private static func service(_ text: String) -> String {
        "services:\n  - name: s\n    image: sample/thing:1\n    \(text)\n"
    }

    static let configurations = MessageCase.list(
        MessageCase.kits([
            ("an unknown key", "kernal:\n  image: x\n"), ("a key like no other", "xyz: 1\n"),
            ("a text for a list", "init: x\n"), ("nothing for a list", "onboot:\n"),
            ("a list for all", "- a\n"),
            ("an empty file", ""), ("true for a text", "kernel: {image: x, tar: true}\n"),
            ("an empty image name", "init: ['']\n"),
            ("an image name with capitals", "init: [UPPER]\n"), ("a bad digest", "init: [\"a@sha256:12\"]\n"),
            ("a bad tag", "init: [\"a:b c\"]\n"), ("a package that is absent", "init: [\"@pkg:absent\"]\n"),
            ("a name with a slash", "services: [{name: a/b, image: i}]\n"),
            ("a name that is taken", "services:\n- {name: a, image: x}\n- {name: a, image: y}\n"),
            ("a volume's name", "volumes: [{name: A}]\n"),
            ("a volume's format", "volumes: [{name: a, format: ocii}]\n"),
            (
                "a volume's platform",
                "volumes: [{name: a, image: sample/thing:1, format: oci, platforms: [x]}]\n"
            ),
            ("a file of nothing", "files: [{path: a}]\n"),
            ("a file of two things", "files: [{path: a, contents: x, symlink: y}]\n"),
            ("a mode that is not octal", "files: [{path: a, contents: x, mode: 0999}]\n"),
            ("a file that ends in a slash", "files: [{path: /a/, contents: x}]\n"),
            ("a file without a path", "files: [{contents: x}]\n"),
            ("a file that climbs", "files: [{path: a/../b, contents: x}]\n"),
            ("a negative owner", "files: [{path: a, contents: x, uid: -1}]\n"),
            ("an unknown owner", "files: [{path: a, contents: x, uid: nobody}]\n"),
            ("unknown metadata", "files: [{path: a, metadata: toml}]\n"),
            ("a source that is absent", "files: [{path: etc/x, source: /nowhere/at/all}]\n"),
            ("a source that is a directory", "files: [{path: etc/x, source: cache}]\n"),
            ("a file below a file", "files:\n  - {path: a, contents: x}\n  - {path: a/b, contents: y}\n"),
            ("a file that repeats a source", "files: [{path: a, source: b, source: c}]\n"),
            ("keys that repeat", "init: []\ninit: [a]\n<<: {}\n<<: {}\n"), ("a merge of a text", "<<: x\n"),
            ("a key that is a list", "? [a]\n: b\n"), ("a tab", "init:\n\t- a\n"),
            ("a missing colon", "init\n  - a\n"), ("open quotes", "init: [\"a\n"),
            ("an open list", "init: [a\n"),
            ("an open mapping", "kernel: {image: a\n"), ("two values in a line", "init: a: b\n"),
            ("bad indentation", "init:\n  - a\n - b\n"), ("an unknown escape", "init: [\"\\q\"]\n"),
            ("an alias of nothing", "init: *none\n"), ("an alias in itself", "init: &a [*a]\n"),
            ("an unknown tag", "init: !x!y [a]\n"),
            ("bad Base64", "files: [{path: a, contents: !!binary '?'}]\n"),
            ("a control character", "init: [\"a\u{1}\"]\n"), ("a blank indentation", "init: |0\n  a\n"),
            ("notes", "trust: {org: [linuxkit]}\nvolumes: [{name: v, readonly: true}]\n---\nignored: [\n"),
            ("true or false", service("readonly: yes")), ("a number in a list", service("env: [A=1, 5]")),
            ("a text for a number", service("oomScoreAdj: x")),
            ("a number for a text", service("sysctl: {a: 1}")),
            ("capabilities", service("capabilities: [CAP_NET_ADMN, net_admin, all]")),
            ("binds", service("binds: [a, \"b:/c\"]")),
            ("mounts", service("mounts: [{type: bind, source: vol, destination: /x}, {destination: /y}]")),
            ("limits", service("rlimits: [\"nofil,1,2\", \"nofile,1\", \"nofile,x,2\"]")),
            ("a user", service("uid: S")), ("a device", service("devices: [{path: /dev/x, type: c}]")),
            ("a tmpfs", service("tmpfs: [\"/a:b:c\"]")),
            ("numbers out of range", service("resources: {cpu: {shares: -1}, blockio: {weight: 70000}}")),
            ("a read-only volume", "volumes: [{name: v, readonly: true}]\n" + service("binds: [\"v:/v\"]")),
            ("deep nesting", String(repeating: "[", count: 2000) + "\n"),
        ]),
        [
            MessageCase(
                "UTF-16", "build --offline --cache cache kit.yml", setup: "printf '\\377\\376a\\0' > kit.yml"),
            MessageCase(
                "a byte that is not UTF-8", "build --offline --cache cache kit.yml",
                setup: "printf 'init: [\\377]' > kit.yml"),
            MessageCase(
                "a large configuration", "build --offline --cache cache kit.yml",
                setup: "truncate -s 65M kit.yml"),
        ])

    static let images = MessageCase.list(
        MessageCase.kits([
            ("an image that is absent", "init: [\"sample/thong:1\"]\n"),
            ("a layer that climbs", "init: [\"sample/climbing:1\"]\n"),
            ("a link to nothing", "init: [\"sample/linked:1\"]\n"),
            ("a whiteout of nothing", "init: [\"sample/whiteout:1\"]\n"),
            ("a label that is wrong", "services: [{name: a, image: \"sample/label:1\"}]\n"),
            ("an image without a kernel", "kernel: {image: \"sample/thing:1\"}\n"),
            ("a kernel that is a directory", "kernel: {image: \"sample/thing:1\", binary: bin, tar: none}\n"),
            ("a kernel that is a link", "kernel: {image: \"sample/loop:1\", tar: none}\n"),
            ("modules that are no archive", "kernel: {image: \"sample/kernel:1\", tar: kernel}\n"),
        ]),
        [
            MessageCase(
                "blobs that are damaged", "build --offline --cache cache --arch amd64 good.yml",
                setup: "for b in cache/blobs/sha256/*; do printf x >> $b; done"),
            MessageCase(
                "blobs that are missing", "build --offline --cache cache --arch amd64 good.yml",
                setup: "rm cache/blobs/sha256/*"),
            MessageCase(
                "an index that is no JSON", "build --offline --cache cache --arch amd64 good.yml",
                ["cache/index.json": "{"]),
            MessageCase(
                "an index without manifests", "build --offline --cache cache --arch amd64 good.yml",
                ["cache/index.json": "{\"schemaVersion\": 2}"]),
            MessageCase(
                "a layout of another version", "build --offline --cache cache --arch amd64 good.yml",
                ["cache/oci-layout": "{\"imageLayoutVersion\": \"9.0.0\"}"]),
        ])
}
