extension MessageCases {
    private static func recipe(_ title: String, _ text: String) -> MessageCase {
        MessageCase(
            title, "pkg build --cache cache --platforms linux/amd64 --hash x p", ["p/build.yml": text])
    }

    static let packages: [MessageCase] = [
        MessageCase(
            "a tag on the command line", "pkg show-tag --tag '{{.Date}}' --hash x p",
            ["p/build.yml": "image: a\ncontents:\n  files: []\n"]),
        recipe("an unknown key of a recipe", "image: a\nimge: b\n"),
        recipe("a recipe for a container", "image: a\n"), recipe("a recipe that is a list", "- a\n"),
        recipe("contents that are a text", "image: a\ncontents: x\n"),
        recipe("packages without a suite", "image: a\ncontents:\n  packages: [bash]\n"),
        recipe("the name of a suite", "image: a\ncontents:\n  suite: A B\n  packages: [bash]\n"),
        recipe("the name of a package", "image: a\ncontents:\n  suite: bookworm\n  packages: [\"B!\"]\n"),
        recipe("a file without contents", "image: a\ncontents:\n  files: [{path: a}]\n"),
        recipe("a file that climbs", "image: a\ncontents:\n  files: [{path: ../a, contents: x}]\n"),
        recipe("a source outside", "image: a\ncontents:\n  files: [{path: a, source: ../b}]\n"),
        recipe("a source that is absent", "image: a\ncontents:\n  files: [{path: a, source: b}]\n"),
        recipe("a mode of a recipe", "image: a\ncontents:\n  files: [{path: a, contents: x, mode: 9}]\n"),
        recipe("a user of a recipe", "image: a\ncontents:\n  users: [{name: \"A B\"}]\n"),
        recipe("a network that is a text", "image: a\nnetwork: x\n"),
        recipe("another architecture", "image: a\narches: [arm64]\ncontents:\n  files: []\n"),
        recipe("a tag of a recipe", "image: a\ntag: \"{{.Date}}\"\ncontents:\n  files: []\n"),
        recipe("sources of a recipe", "image: a\nextra-sources: [x]\ncontents:\n  files: []\n"),
        MessageCase(
            "a lock that is none", "pkg build --cache cache --platforms linux/amd64 --hash x p",
            [
                "p/build.yml": "image: a\ncontents:\n  suite: bookworm\n  packages: [bash]\n",
                "p/build.lock.json": "{}",
            ]),
    ]

    static let cacheDirectories: [MessageCase] = [
        MessageCase("a cache that is damaged", "cache verify --cache cache", ["cache/index.json": "{"]),
        MessageCase(
            "a name without its image", "cache export --cache cache --outfile x sample/thing:1",
            setup: "rm cache/blobs/sha256/*"),
        MessageCase("a directory to empty that is no cache", "cache clean --cache full", ["full/of": "x"]),
        MessageCase("an archive that is a directory", "cache import --cache cache full", ["full/of": "x"]),
        MessageCase(
            "an archive of nothing", "cache import --cache cache x.tar", setup: "truncate -s 10240 x.tar"),
    ]

    private static func archive(_ title: String, _ manifest: String) -> MessageCase {
        MessageCase(
            title, "cache import --cache cache --name a:1 x.tar", ["manifest.json": manifest],
            setup: "tar -cf x.tar --format=ustar --owner=0 --group=0 --mtime=@0 manifest.json")
    }

    static let archives: [MessageCase] = [
        archive("an archive whose manifest is no JSON", "{"), archive("an archive of no images", "[]"),
        archive("an archive without a configuration", "[{}]"),
        archive("an archive without layers", "[{\"Config\": \"a\"}]"),
        archive("an archive without its members", "[{\"Config\": \"a\", \"Layers\": [\"b\"]}]"),
    ]

    private static func policy(_ title: String, _ text: String) -> MessageCase {
        MessageCase(
            title, "build --offline --cache cache --arch amd64 --image-policy p.json good.yml",
            ["p.json": text])
    }

    static let policies: [MessageCase] = [
        policy("a policy that is no JSON", "{"), policy("a policy that is a list", "[]"),
        policy("a policy of no version", "{}"), policy("a policy of version 2", "{\"version\": 2}"),
        policy("a policy without rules", "{\"version\": 1, \"rules\": []}"),
        policy("an unknown field of a policy", "{\"version\": 1, \"rulez\": []}"),
        policy("a rule without images", rules("", "accept")), policy("a bare name", rules("\"a\"", "accept")),
        policy("a star within", rules("\"docker.io/*/a\"", "accept")),
        policy("a tag in a rule", rules("\"docker.io/library/a:1\"", "accept")),
        policy("an image twice", rules("\"docker.io/a/b\", \"docker.io/a/b\"", "accept")),
        policy("an unknown action", rules("\"*\"", "sign")), policy("no keys", rules("\"*\"", "signed")),
        policy("an image that is refused", rules("\"*\"", "reject")),
        policy("an image of no rule", rules("\"docker.io/a/b\"", "accept")),
        policy("a key that is none", "{\"version\": 1, \"keys\": {\"k\": \"absent.pub\"}, \"rules\": []}"),
        MessageCase(
            "a key file that is none",
            "build --offline --cache cache --arch amd64 --verify-images good.yml good.yml"),
        MessageCase(
            "a policy that is absent",
            "build --offline --cache cache --arch amd64 --image-policy absent good.yml"),
    ]

    private static func rules(_ images: String, _ action: String) -> String {
        "{\"version\": 1, \"rules\": [{\"name\": \"r\", \"images\": [\(images)], \"action\": \"\(action)\"}]}"
    }

    static let runs = MessageCase.usage(
        "run qemu --dry-run",
        [
            "", "absent", "--arch mips good.yml", "--cpus 0 good.yml", "--mem 0 good.yml",
            "--networking wifi good.yml", "--networking tap good.yml",
            "--publish 80 good.yml", "--publish 0:80 good.yml", "--publish 80:80/sctp good.yml",
            "--publish 80:80 --networking none good.yml", "--publish 80:80/tcp/x good.yml",
            "--publish a.b:80:80 good.yml", "--disk size=x good.yml", "--disk colour=red good.yml",
            "--disk '' good.yml", "--detached --gui good.yml", "--data a --data-file b good.yml",
            "--data-file absent good.yml", "--iso --kernel good.yml", "--fw absent good.yml",
            "--state good.yml good.yml", "--kernel absent", "--squashfs absent",
        ])
}
