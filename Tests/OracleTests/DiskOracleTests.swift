import Foundation
import Host
import TestSupport
import Testing

/// Disks and CDs as others see them.
@Suite(
    "Disks and CDs are what other tools take them for",
    .enabled(
        if: Tool.available(
            "qemu-img", "sgdisk", "sfdisk", "fsck.fat", "mcopy", "xorriso", "objcopy", "sbverify", "cmp"),
        "qemu-img, sgdisk, sfdisk, fsck.fat, mcopy, xorriso, objcopy or sbverify is not installed"))
struct DiskOracleTests {
    private static let environment = [
        "LC_ALL": "C.UTF-8", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "MTOOLS_SKIP_CHECK": "1",
    ]

    private func shell(_ script: String, _ arguments: String...) throws -> String {
        try Tool.run("sh", ["-euc", script, "sh"] + arguments, environment: Self.environment).outputText
    }

    @Test(
        "A container holds the disk",
        arguments: [
            ("qcow2-bios", "qcow2", "raw-bios"), ("qcow2-efi", "qcow2", "raw-efi"), ("qcow2", "qcow2", "raw"),
            ("vhd", "vpc", "raw-bios"), ("dynamic-vhd", "vpc", "raw-bios"), ("vmdk", "vmdk", "raw-bios"),
        ])
    func containers(_ format: String, _ name: String, _ disk: String) throws {
        let directory = try TemporaryDirectory()
        let image = try SampleOutputs.path(format)
        if name == "qcow2" {
            let report = try shell("qemu-img check -f qcow2 \"$1\"", image)
            #expect(report.contains("No errors"), "\(report)")
        }
        let text = try shell(
            """
            qemu-img convert -f \(name) -O raw "$1" "$2/disk"
            cmp -n "$(stat -c %s "$3")" "$2/disk" "$3" && echo same
            """, image, directory.path, try SampleOutputs.path(disk))
        #expect(text == "same\n")
    }

    @Test("Google's archive holds the disk, whole GiB large and sparse")
    func google() throws {
        let directory = try TemporaryDirectory()
        let disk = try SampleOutputs.path("raw-bios")
        let text = try shell(
            """
            cd "$2" && tar -xzSf "$1" && ls && stat -c '%s' disk.raw && [ "$(du -m disk.raw | cut -f1)" -lt 100 ]
            cmp -n "$(stat -c %s "$3")" disk.raw "$3" && echo same
            """, try SampleOutputs.path("gcp"), directory.path, disk)
        #expect(text == "disk.raw\n1073741824\nsame\n")
    }

    @Test("Amazon's disk is raw-bios")
    func amazon() throws {
        _ = try shell(
            "cmp \"$1\" \"$2\"", try SampleOutputs.path("aws"), try SampleOutputs.path("raw-bios"))
    }

    @Test("GPTs are sound", arguments: ["raw-efi", "raw", "iso", "iso-efi-initrd"])
    func partitionTables(_ format: String) throws {
        let report = try shell("sgdisk --verify \"$1\"", try SampleOutputs.path(format))
        #expect(report.contains("No problems found"), "\(report)")
        let list = try shell("sgdisk --print \"$1\" | tail -n 1", try SampleOutputs.path(format))
        #expect(list.contains("EF00"), "\(list)")
    }

    @Test("MBRs are sound", arguments: ["raw-bios", "iso-bios"])
    func masterBootRecords(_ format: String) throws {
        let text = try shell("sfdisk --json \"$1\"", try SampleOutputs.path(format))
        #expect(text.contains("\"label\": \"dos\"") || text.contains("\"label\":\"dos\""), "\(text)")
        #expect(text.contains("\"bootable\": true") || text.contains("\"bootable\":true"), "\(text)")
    }

    @Test(
        "The EFI system partition holds kernel, initrd and command line",
        arguments: ["raw-efi", "raw", "iso", "iso-efi-initrd"])
    func systemPartitions(_ format: String) throws {
        let directory = try TemporaryDirectory()
        let script = """
            cd "$2"
            start=$(sgdisk --info=1 "$1" | sed -n 's/^First sector: \\([0-9]*\\).*/\\1/p')
            size=$(sgdisk --info=1 "$1" | sed -n 's/^Partition size: \\([0-9]*\\).*/\\1/p')
            dd if="$1" of=esp bs=512 skip="$start" count="$size" status=none
            fsck.fat -n esp >fsck || { cat fsck; exit 1; }
            mcopy -i esp ::EFI/BOOT/BOOTX64.EFI uki.efi
            sbverify --list uki.efi 2>&1 | grep -q 'No signature table present'
            for section in linux initrd cmdline; do
                objcopy -O binary --only-section=.$section uki.efi $section
            done
            for pair in linux:kernel initrd:initrd.img cmdline:cmdline; do
                file=$3-${pair#*:}
                cmp -n "$(stat -c %s "$file")" ${pair%:*} "$file"
            done
            echo same
            """
        let parts = try SampleOutputs.path("kernel+initrd", "")
        let text = try shell(script, try SampleOutputs.path(format), directory.path, parts)
        #expect(text == "same\n")
    }

    @Test(
        "A signed kernel image fits in the place of the one that it was made from",
        .enabled(if: Tool.available("sbsign", "openssl"), "sbsign or openssl is not installed"),
        arguments: ["raw-efi", "raw", "iso", "iso-efi-initrd"])
    func signing(_ format: String) throws {
        let directory = try TemporaryDirectory()
        let script = """
            cd "$2" && cp "$1" disk
            openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=test -keyout key -out crt 2>log || { cat log; exit 1; }
            start=$(sgdisk --info=1 disk | sed -n 's/^First sector: \\([0-9]*\\).*/\\1/p')
            esp=disk@@$((start * 512))
            [ "$(mdir -i $esp :: | sed -n 's/^ *\\([0-9 ]*\\) bytes free/\\1/p' | tr -d ' ')" -ge 65536 ]
            mcopy -i $esp ::EFI/BOOT/BOOTX64.EFI uki.efi
            sbsign --key key --cert crt --output signed.efi uki.efi 2>log || { cat log; exit 1; }
            [ "$(stat -c %s signed.efi)" -gt "$(stat -c %s uki.efi)" ]
            mcopy -o -i $esp signed.efi ::EFI/BOOT/BOOTX64.EFI
            mcopy -i $esp ::EFI/BOOT/BOOTX64.EFI again.efi
            sbverify --cert crt again.efi >log 2>&1 || { cat log; exit 1; }
            dd if=disk of=esp bs=512 skip="$start" status=none \
                count="$(sgdisk --info=1 disk | sed -n 's/^Partition size: \\([0-9]*\\).*/\\1/p')"
            fsck.fat -n esp >log || { cat log; exit 1; }
            sgdisk --verify disk | grep -q 'No problems found'
            echo fits
            """
        #expect(try shell(script, try SampleOutputs.path(format), directory.path) == "fits\n")
    }

    @Test(
        "The ISO file system holds kernel, initrd and isolinux's configuration",
        arguments: ["raw-bios", "raw", "iso"])
    func isolinux(_ format: String) throws {
        let directory = try TemporaryDirectory()
        let script = """
            cd "$2"
            xorriso -report_about FAILURE -osirrox on -indev "stdio:$1" -extract /boot boot >log 2>&1 || { cat log; exit 1; }
            cmp boot/kernel "$3-kernel" && cmp boot/initrd.img "$3-initrd.img"
            cat boot/isolinux/isolinux.cfg
            """
        let parts = try SampleOutputs.path("kernel+initrd", "")
        let text = try shell(script, try SampleOutputs.path(format), directory.path, parts)
        #expect(
            text == """
                DEFAULT linux
                PROMPT 0
                TIMEOUT 0
                LABEL linux
                  KERNEL /boot/kernel
                  INITRD /boot/initrd.img
                  APPEND console=ttyS0 panic=1

                """)
    }

    @Test(
        "The system area, before the ISO file system, is what xorriso takes it for",
        arguments: [
            ("iso", ["MBR protective-msdos-label cyl-align-off GPT"]),
            ("raw", ["MBR protective-msdos-label cyl-align-off GPT"]),
            ("iso-efi-initrd", ["MBR protective-msdos-label cyl-align-off GPT"]),
            ("raw-bios", ["MBR cyl-align-off"]), ("iso-bios", ["MBR cyl-align-off"]),
        ])
    func systemArea(_ format: String, _ summaries: [String]) throws {
        let report = try shell(
            "xorriso -report_about FAILURE -indev \"stdio:$1\" -report_system_area plain 2>&1",
            try SampleOutputs.path(format))
        let lines = report.split(separator: "\n").map(String.init)
        #expect(
            lines.filter { $0.hasPrefix("System area summary:") }
                == summaries.map { "System area summary: \($0)" })
        // Type and start of the EFI system partition, and of the file system that is the whole of a BIOS' disk.
        if summaries.first?.hasSuffix("GPT") == true {
            #expect(
                lines.contains {
                    $0.hasPrefix("GPT type GUID") && $0.hasSuffix("28732ac11ff8d211ba4b00a0c93ec93b")
                }, "\(report)")
        } else if !summaries.isEmpty {
            #expect(
                lines.contains { $0.hasPrefix("MBR partition") && $0.contains("0x80  0x17") }, "\(report)")
        }
    }

    @Test(
        "El Torito entries",
        arguments: [
            ("iso-bios", ["BIOS"]), ("iso-efi", ["UEFI"]), ("iso-efi-initrd", ["UEFI"]),
            ("iso", ["BIOS", "UEFI"]),
        ])
    func bootCatalog(_ format: String, _ platforms: [String]) throws {
        let report = try shell(
            "xorriso -report_about FAILURE -indev \"stdio:$1\" -report_el_torito plain 2>&1",
            try SampleOutputs.path(format))
        let images = report.split(separator: "\n").filter { $0.hasPrefix("El Torito boot img :") }
        #expect(images.count == platforms.count, "\(report)")
        for (image, platform) in zip(images, platforms) {
            #expect(image.contains(" \(platform) "), "\(report)")
        }
    }
}
