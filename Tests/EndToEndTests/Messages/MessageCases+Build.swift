extension MessageCases {
    static let buildUsage = MessageCase.list(
        MessageCase.usage("build", ["", "-f", "--formt tar good.yml", "--enable-content-trust good.yml"]),
        MessageCase.builds(
            "wrong usage of build",
            [
                "-f iso9660 good.yml", "-f , good.yml", "-f tar,docker -o out good.yml",
                "-f kernel+initrd -o out good.yml", "-f raw-bios -o out good.yml", "-f tar -f tar good.yml",
                "-o out --name x good.yml", "-o out --dir . good.yml", "--name '' good.yml",
                "--arch mips good.yml", "--pull good.yml", "--mirror ftp://nowhere good.yml",
                "--jobs 0 good.yml", "--jobs 257 good.yml", "--jobs many good.yml",
                "https://example.org/kit.yml", "--input-tar out -o out good.yml", "--size 0 good.yml",
                "--size 3T good.yml", "--size 2048G good.yml", "--size many good.yml",
                "--bios-boot '' good.yml",
                "--efi-boot @pkg: good.yml", "--rpi3-boot UPPER good.yml",
                "--squashfs-compression lz4 good.yml",
                "--sbom-output ../x good.yml", "--sbom-output / good.yml", "--source-date-epoch -1 good.yml",
                "--source-date-epoch=-1 good.yml", "--source-date-epoch 253402300800 good.yml",
                "--cache-from registry/team/cache good.yml", "--cache-to registry/team/cache good.yml",
                "--hyperkit good.yml",
            ]),
        MessageCase.usage(
            "build --cache cache --arch amd64",
            [
                "--cache-from UPPER good.yml", "--cache-from example.org/a:1 good.yml",
                "--cache-to UPPER good.yml", "--cache-to example.org/a --input-tar x good.yml",
                "--cache-to example.org/a --sbom-current-time good.yml",
                "--cache-from example.org/a -o - good.yml",
            ]),
        [
            MessageCase(
                "a time that is no number", "build --offline --cache cache good.yml",
                environment: ["SOURCE_DATE_EPOCH": "today"]),
            MessageCase(
                "a time out of range", "build --offline --cache cache good.yml",
                environment: ["SOURCE_DATE_EPOCH": "-5"]),
        ])

    static let missing = MessageCase.list(
        MessageCase.builds(
            "something is missing, or in the way",
            [
                "absent.yml", "good.yml absent.yml", "--input-tar absent.tar good.yml",
                "--arch arm64 good.yml",
                "--cache nowhere good.yml", "--cache good.yml good.yml", "--input-tar good.yml good.yml",
                "-o . good.yml", "-o no/such/out good.yml", "--dir good.yml/below good.yml",
                "-q -o /dev/full good.yml", "--efi-boot ./absent -f iso-efi kernel.yml", ".",
            ]),
        [
            MessageCase(
                "a directory that is no cache", "build --offline --cache full --arch amd64 good.yml",
                ["full/of": "something else"]),
            MessageCase(
                "a configuration on standard input", "build --offline --cache cache --arch amd64 -",
                input: "onboot: {}\n"),
            MessageCase(
                "problems of several files", "build --offline --cache cache --arch amd64 a.yml b.yml",
                [
                    "a.yml": "kernal:\n  image: x\ninit: nothing\n",
                    "b.yml": "services:\n  - nme: a\n    image: \"b::\"\n    uid: nobody\n",
                ]),
        ])

    static let outputs = MessageCase.list(
        MessageCase.builds(
            "a kit without a kernel",
            [
                "-f raw-bios --bios-boot ./boot good.yml", "-f kernel+squashfs good.yml",
                "-f iso-efi --efi-boot ./boot good.yml",
            ]),
        MessageCase.builds(
            "boot files are missing",
            [
                "-f raw-bios kernel.yml", "-f raw-efi kernel.yml", "-f rpi3 kernel.yml",
                "-f raw-bios --bios-boot . kernel.yml", "-f raw-efi --efi-boot sample/thing:1 kernel.yml",
                "-f raw-bios --bios-boot sample/none:1 kernel.yml",
                "-f raw-efi --efi-boot @pkg:absent kernel.yml",
            ]),
        MessageCase.builds(
            "sizes of disks",
            [
                "-f raw-efi --efi-boot ./boot --size 1 kernel.yml",
                "-f vhd --bios-boot ./boot --size 19M kernel.yml",
                "-f vhd --bios-boot ./boot --size 2046G kernel.yml",
            ]),
        MessageCase.builds("options that no format heeds", ["-q -f tar --size 64M good.yml"]),
        MessageCase.builds("a kernel that is not compressed", ["--decompress-kernel kernel.yml"]),
        [
            MessageCase(
                "what a format loses", "build --offline --cache cache --arch amd64 --strict kit.yml",
                ["kit.yml": "init:\n  - sample/capable:1\n"]),
            MessageCase(
                "what a format loses, as a warning", "build --offline --cache cache --arch amd64 -q kit.yml",
                ["kit.yml": "init:\n  - sample/capable:1\n"]),
            MessageCase(
                "a file of 2 GiB in an initrd",
                "build --offline --cache cache --arch amd64 -f kernel+initrd kit.yml",
                ["kit.yml": "files:\n  - {path: /srv/large, source: large}\n"], setup: "truncate -s 2G large"),
            MessageCase(
                "a long command line",
                "build --offline --cache cache --arch amd64 -f raw-bios --bios-boot ./boot kit.yml",
                [
                    "kit.yml": "kernel:\n  image: sample/kernel:1\n  tar: none\n  cmdline: "
                        + String(repeating: "a", count: 5000) + "\n"
                ]),
            MessageCase(
                "a command line of two lines",
                "build --offline --cache cache --arch amd64 -f raw-bios --bios-boot ./boot kit.yml",
                ["kit.yml": "kernel:\n  image: sample/kernel:1\n  tar: none\n  cmdline: \"a\\nb\"\n"]),
        ])
}
