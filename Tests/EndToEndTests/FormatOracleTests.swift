import Host
import Outputs
import TestSupport
import Testing

/// Every tool that a format names as its oracle is asked about what the format writes.
@Suite struct FormatOracleTests {
    private static let tools = Set(OutputFormats.all.flatMap(\.oracles))

    @Test(
        "Each format's oracles read its output and find nothing wrong",
        .enabled(if: tools.allSatisfy { Tool.available($0) }, "\(tools.sorted()) are not all installed"))
    func everyFormat() throws {
        let layout = try #require(UsualOutputs.shared.get().layouts[.gzip])
        let round = try Round(.usual, layout: layout)
        try withExtendedLifetime(round) {
            let files = try round.files()
            try compareContainers(files)
            for format in OutputFormats.all {
                #expect(!format.oracles.isEmpty, "\(format.name): nobody else is asked")
                // What boots comes before the command line, and after the kernel.
                let suffix = try #require(format.suffixes.last { $0 != "-cmdline" })
                let file = try #require(files[Round.key(format, suffix)])
                for oracle in format.oracles {
                    let script = try #require(Self.questions[oracle], "nobody knows how to ask \(oracle)")
                    let result = try Command("sh", ["-ec", script, file]).run()
                    #expect(
                        result.status == 0,
                        "\(format.name), \(oracle): \(result.outputText)\(result.errorText)")
                }
            }
        }
    }

    /// Every container holds the very disk that boots as a raw one: booting one of them stands for all.
    private func compareContainers(_ files: [String: String]) throws {
        for (container, type, disk) in [
            ("qcow2-bios", "qcow2", "raw-bios"), ("vhd", "vpc", "raw-bios"),
            ("dynamic-vhd", "vpc", "raw-bios"),
            ("vmdk", "vmdk", "raw-bios"), ("aws", "raw", "raw-bios"), ("qcow2-efi", "qcow2", "raw-efi"),
            ("qcow2", "qcow2", "raw"),
        ] {
            let paths = try [container, disk].map { name in
                let format = try #require(OutputFormats.named(name))
                return try #require(files[Round.key(format, format.suffixes[0])])
            }
            let result = try Command("qemu-img", ["compare", "-f", type, "-F", "raw"] + paths).run()
            #expect(result.status == 0, "\(container) and \(disk): \(result.outputText)\(result.errorText)")
        }
        let gcp = try #require(OutputFormats.named("gcp"))
        let raw = try #require(OutputFormats.named("raw-bios"))
        let script = #"tar -xzOf "$0" disk.raw | head -c "$(stat -c %s "$1")" | cmp - "$1""#
        let paths = [
            try #require(files[Round.key(gcp, gcp.suffixes[0])]),
            try #require(files[Round.key(raw, raw.suffixes[0])]),
        ]
        #expect(try Command("sh", ["-ec", script] + paths).run().status == 0, "gcp and raw-bios")
    }

    /// What asks each of them about the file $0: the exit status is the answer. Those who read file systems get the
    /// first partition of a disk, where there is one.
    private static let questions: [String: String] = [
        "tar": #"tar -tf "$0" > /dev/null"#,
        "bsdtar": #"bsdtar -tf "$0" > /dev/null"#,
        "gzip": #"\#(afterMicrocode) | gzip -t"#,
        "cpio": #"\#(afterMicrocode) | gzip -dc | cpio --quiet -t > /dev/null"#,
        "bsdcpio": #"\#(afterMicrocode) | gzip -dc | bsdcpio --quiet -t > /dev/null"#,
        "mkimage": #"d=$(mktemp -d); bsdtar -xf "$0" -C $d kernel.uimg; mkimage -l $d/kernel.uimg; rm -r $d"#,
        "xorriso": #"xorriso -abort_on FAILURE -indev "$0" -find / -exec lsdl > /dev/null"#,
        "isoinfo": #"isoinfo -d -i "$0" | grep -q "Joliet with"; isoinfo -R -l -i "$0" > /dev/null"#,
        "unsquashfs": #"unsquashfs -lls "$0" > /dev/null"#,
        "fsck.erofs": #"fsck.erofs "$0" > /dev/null"#,
        "dump.erofs": #"dump.erofs -s "$0" > /dev/null"#,
        "sgdisk": #"sgdisk -v "$0" | grep -q "No problems found""#,
        "sfdisk": #"sfdisk --verify --no-tell-kernel "$0" > /dev/null"#,
        "qemu-img":
            #"case "$0" in *.qcow2 | *.vmdk) qemu-img check "$0" > /dev/null;; esac;"#
            + #" case "$0" in *.vhd) f=vpc;; *.qcow2) f=qcow2;; *.vmdk) f=vmdk;; *) f=raw;; esac;"#
            + #" qemu-img info -f $f "$0" > /dev/null"#,
        "fsck.fat": #"d=$(mktemp -d); \#(systemPartition) > $d/esp; fsck.fat -n $d/esp; rm -r $d"#,
        "mdir":
            #"d=$(mktemp -d); \#(systemPartition) > $d/esp; mdir -i $d/esp -/ -b ::/ | grep -q BOOTX64; rm -r $d"#,
    ]

    /// The compressed archive of an initrd: microcode stands before it.
    private static let afterMicrocode =
        #"tail -c +$(($(LC_ALL=C grep -obUaP '\x1f\x8b\x08' "$0" | head -n 1 | cut -d: -f1) + 1)) "$0""#

    /// The bytes of the EFI system partition of a disk with a GPT.
    private static let systemPartition =
        #"n=$(sgdisk -p "$0" | awk '$6 == "EF00" { print $1; exit }');"#
        + #" set -- $(sgdisk -i "$n" "$0" | awk '/First sector|Last sector/ { print $3 }');"#
        + #" dd if="$0" bs=512 skip="$1" count=$(($2 - $1 + 1)) status=none"#
}
