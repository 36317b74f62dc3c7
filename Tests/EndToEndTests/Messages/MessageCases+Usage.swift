extension MessageCases {
    /// Command lines of all commands but build.
    static let usage = MessageCase.list(
        MessageCase.usage(
            "", ["nonsense", "--nonsense", "serve", "metadata", "push aws x", "pkg push x", "pkg manifest x"]),
        MessageCase.usage("pkg", ["index x", "remote-tag x", "builder du", "nonsense"]),
        MessageCase.usage(
            "pkg build",
            [
                "", "absent", "--platforms mips absent",
                "--platforms linux/arm64 --skip-platforms linux/amd64 x",
                "--jobs 0 absent", "--dockerfile x .", "--build-arg-file x .", "--ssh x .",
                "--registry-creds x .", "--docker .", "--pull .", "--push .", "--release 1 .", "--dry-run .",
                "--enable-content-trust .", "--ignore-cached absent", "--forse .",
            ]),
        MessageCase.usage("pkg show-tag", ["", "absent"]),
        MessageCase.usage("pkg lock", ["", "absent"]),
        MessageCase.usage("cache", ["nonsense", "clean --enable-content-trust"]),
        MessageCase.usage(
            "cache rm", ["", "--cache '' a", "--cache cache sample/none:1", "--cache cache UPPER"]),
        MessageCase.usage("cache clean", ["--unused --published-only", "--cache good.yml extra"]),
        MessageCase.usage(
            "cache export --cache cache",
            [
                "sample/thing:1", "--format zip --outfile x a", "--platform linux --outfile x a",
                "--platform linux/arm64,linux/amd64 --format docker --outfile x a",
                "--arch amd64 --platform linux/amd64 --outfile x a", "--outfile . sample/thing:1",
                "--outfile x sample/none:1", "--outfile no/such/x sample/thing:1",
                "--format filesystem --name a:1 --outfile x sample/thing:1",
                "--arch arm64 --format docker --outfile x sample/thing:1",
            ]),
        MessageCase.usage(
            "cache import --cache cache",
            ["", "--name UPPER good.yml", "--name a:1 x y", "absent.tar", "good.yml"]),
        MessageCase.usage("cache pull --cache cache", ["", "UPPER", "--platform linux a", "a:b:c"]),
        MessageCase.usage(
            "cache push --cache cache",
            ["", "UPPER", "--remote-name other:1 a b", "sample/none:1", "--remote-name UPPER sample/thing:1"]),
        MessageCase.usage(
            "push oci",
            ["", "example.org/a:1", "UPPER x", "example.org/a@sha256:12 x", "example.org/a:1 absent"]),
        MessageCase.usage("push oci example.org/a:1 good.yml", ["--sbom good.yml", "--sbom absent"]),
        MessageCase.usage("pull oci", ["", "UPPER", "--verify-images absent a:1"]))
}
