extension MessageCases {
    private static let digest = "sha256:" + String(repeating: "0", count: 64)

    private static func lock(_ members: String) -> [String: String] {
        ["good.lock.json": "{\"version\": 1, \"configuration\": \"\(digest)\"\(members)}"]
    }

    private static let build = "build --offline --cache cache --arch amd64"

    static let proof = MessageCase.list(
        MessageCase.usage("lock", ["", "--offline --pull good.yml", "- --offline"]),
        MessageCase.usage(
            "lock --offline --cache cache --arch amd64",
            [
                "absent.yml", "good.yml --update UPPER", "good.yml --update sample/absent",
                "--update sample/thing",
            ]),
        MessageCase.usage(
            "check",
            [
                "", "--rounds 1 good.yml", "--against absent good.yml", "--outputs x", "--command true",
                "--command true --outputs a/x --outputs b/x", "--command true good.yml",
                "--command true --outputs absent", "--command 'echo wrong >&2; exit 3' --outputs x",
                "-o x good.yml", "--dir x good.yml", "--jobs 2 good.yml", "-", "--nonsense good.yml",
                "--offline --cache cache --arch amd64 absent.yml",
            ]),
        [
            MessageCase("a lock that is required", "\(build) --locked good.yml"),
            MessageCase("a lock for standard input", "\(build) --locked -"),
            MessageCase("a lock both ways", "\(build) --locked --no-lock good.yml"),
            MessageCase("a lock that is no JSON", "\(build) good.yml", ["good.lock.json": "{"]),
            MessageCase("a lock of the future", "\(build) good.yml", ["good.lock.json": "{\"version\": 2}"]),
            MessageCase("a lock without images", "\(build) good.yml", lock("")),
            MessageCase("a lock for another configuration", "\(build) --locked good.yml", lock("")),
            MessageCase(
                "a lock of another image", "\(build) good.yml",
                lock(", \"images\": {\"docker.io/sample/thing:1\": {\"digest\": \"\(digest)\"}}")),
            MessageCase(
                "a digest of a lock", "\(build) good.yml", lock(", \"images\": {\"a\": {\"digest\": \"1\"}}")),
        ])
}
