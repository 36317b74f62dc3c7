import Foundation
import Host
import TestSupport
import Testing

/// The root file system is the same whatever it is packed in: others unpack each form, and Linux mounts it.
@Suite(
    "Root file systems, unpacked by others, are what is in the initrd",
    .enabled(if: HostEnvironment.isRoot || Tool.isCI, "needs root, to make devices and owners"),
    .enabled(
        if: Tool.available("bsdcpio", "gzip", "busybox", "unsquashfs", "fsck.erofs", "xorriso"),
        "bsdcpio, unsquashfs, fsck.erofs or xorriso is not installed"))
struct RootOracleTests {
    /// A format, its file, what unpacks it, and what only its medium has.
    struct Root: Sendable, CustomTestStringConvertible {
        let format: String
        let suffix: String
        /// A shell command with the image as $1 and the directory to fill as $2.
        let unpack: String
        var added: Set<String> = []
        /// False if `unpack` forgets setuid: fsck.erofs 1.5 changes the mode first and the owner then.
        var keepsSetuid = true

        var isISO: Bool { suffix.hasSuffix(".iso") }
        var testDescription: String { format }
    }

    private static let xorriso =
        "xorriso -report_about FAILURE -osirrox on:auto_chmod_off -indev \"$1\" -extract / \"$2\" 2>&1"
    private static let isolinux: Set<String> = [
        "boot/kernel", "boot/initrd.img", "boot/isolinux", "boot/isolinux/isolinux.cfg",
        "boot/isolinux/ldlinux.c32",
    ]

    static let roots = [
        Root(
            format: "kernel+squashfs", suffix: "-squashfs.img",
            unpack: "unsquashfs -quiet -no-progress -force -dest \"$2\" \"$1\""),
        Root(
            format: "kernel+erofs", suffix: "-erofs.img",
            unpack: "fsck.erofs --extract=\"$2\" --overwrite --preserve \"$1\" && chmod 755 \"$2\"",
            keepsSetuid: false),
        Root(format: "kernel+iso", suffix: ".iso", unpack: xorriso),
        Root(format: "iso-bios", suffix: ".iso", unpack: xorriso, added: isolinux),
        Root(format: "iso-efi", suffix: "-efi.iso", unpack: xorriso),
    ]

    /// What bsdcpio makes of the initrd.
    private static let expected = Result {
        let initrd = try SampleOutputs.path("kernel+initrd", "-initrd.img")
        let directory = try TemporaryDirectory()
        // The microcode before the gzip member is an archive of its own.
        let script =
            "offset=$(LC_ALL=C grep -obUaP '\\x1f\\x8b\\x08' \"$1\" | LC_ALL=C sed -n '1s/:.*//p') && "
            + "tail -c +$((offset + 1)) \"$1\" | gzip -dc | (cd \"$2\" && bsdcpio -idmu --quiet)"
        try Tool.run("bash", ["-euo", "pipefail", "-c", script, "bash", initrd, directory.path])
        return try withExtendedLifetime(directory) { try UnpackedListing(directory: directory.path) }
    }

    @Test("Unpacked", arguments: roots)
    func unpacked(_ root: Root) throws {
        let directory = try TemporaryDirectory()
        let target = "\(directory.path)/root"
        try Directory.create(target)
        let image = try SampleOutputs.path(root.format, root.suffix)
        try Tool.run("sh", ["-c", root.unpack, "sh", image, target])
        let setuid = root.keepsSetuid
        let listing = try UnpackedListing(directory: target).normalized(setuid: setuid)
        let expected = try Self.expected.get().normalized(setuid: setuid)
        let differences = listing.differences(from: expected, added: root.added) { path in
            // The directory that the kernel is in has been written to once more, and xorriso leaves the times of
            // links alone.
            !path.hasPrefix("boot") && !(root.isISO && expected.files[path]?.hasPrefix("symbolic") == true)
        }
        // xorriso makes no block devices; that Linux finds this one, the test below says.
        let real = differences.filter { !(root.isISO && $0.hasPrefix("dev/loop0: absent")) }
        #expect(real.isEmpty, "\(real.joined(separator: "\n"))")
        #expect(listing.files.count > 50, "there is too little to compare")
    }

    @Test(
        "Mounted by Linux",
        .enabled(
            if: VirtualMachine.exists && Tool.available("qemu-system-x86_64"),
            "needs ../shared/kernel/bzImage and qemu-system-x86_64"), arguments: roots)
    func mounted(_ root: Root) throws {
        let image = try SampleOutputs.path(root.format, root.suffix)
        let type = root.isISO ? "iso9660" : String(root.format.dropFirst("kernel+".count))
        let script = """
            $B mkdir -p /proc /sys /dev /mnt
            $B mount -t devtmpfs none /dev
            $B mount -t \(type) -o ro /dev/vda /mnt || echo no mount
            cd /mnt
            \(UnpackedListing.script)
            list
            echo LISTED
            """
        let console = try VirtualMachine().run(initrd: [], disk: image, script: script)
        try #require(console.contains("LISTED"), "\(console.suffix(3000))")
        let listing = UnpackedListing(console).normalized()
        let expected = try Self.expected.get().normalized()
        let differences = listing.differences(from: expected, added: root.added) { !$0.hasPrefix("boot") }
        #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
        // Linux takes each name of an ISO file system for a file of its own.
        if !root.isISO { #expect(listing.links == expected.links) }
    }
}
