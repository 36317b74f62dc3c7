import Foundation
import Host
import TestSupport
import Testing

@Suite(
    "What is in the initrd, others unpack as it is in the tar",
    .enabled(if: HostEnvironment.isRoot || Tool.isCI, "needs root, to make devices and owners"),
    .enabled(
        if: Tool.available("bsdtar", "bsdcpio", "cpio", "gzip", "busybox"),
        "bsdtar, bsdcpio, cpio, gzip or busybox is not installed"))
struct InitrdOracleTests {
    /// The sample kit built once: its tar, and initrds with and without files shared.
    private struct Built {
        let directory = try? TemporaryDirectory()
        let path: String
        /// What bsdtar makes of the tar output, less what a boot loader takes.
        let expected: UnpackedListing
        /// The directories that the tar has entries for; what is above a file without one gets no time from it.
        let named: Set<String>

        init() throws {
            path = try #require(directory?.path)
            let sample = try SampleKit.layout()
            try directory?.write("kit.yml", SampleKit.yaml)
            try directory?.write("home/greeting", SampleKit.greeting)
            for (options, name) in [(["-f", "tar,kernel+initrd"], "kit"), (["--no-share"], "apart")] {
                let result = try Executable.run(
                    ["build", "-q", "--cache", sample.path, "--arch", "amd64", "--name", name] + options
                        + ["kit.yml"], in: path)
                #expect(result.status == 0, "\(result.errorText)")
            }
            let target = "\(path)/tar"
            try Directory.create(target)
            let unpacked = try Tool.run(
                "bsdtar", ["-xpf", "kit.tar", "-C", target], in: path, environment: InitrdOracleTests.plain)
            #expect(unpacked.errorText.isEmpty, "bsdtar warns: \(unpacked.errorText)")
            var listing = try UnpackedListing(directory: target).without(below: "boot")
            // Unpacking leaves a directory's time to chance if the tar has it twice; the last entry counts.
            let description = try Tool.run(
                "bsdtar",
                ["-cf", "-", "--format=mtree", "--options=mtree:!all,mtree:type,mtree:time", "@kit.tar"],
                in: path, environment: InitrdOracleTests.plain)
            let directories = Self.directoryTimes(description.outputText)
            listing.setTimes(directories)
            expected = listing
            named = Set(directories.keys)
        }

        /// mtree(5) lines such as `./bin time=1700000000.0 type=dir`.
        private static func directoryTimes(_ text: String) -> [String: String] {
            var times: [String: String] = [:]
            for line in text.split(separator: "\n") where line.contains("type=dir") {
                let words = line.split(separator: " ")
                guard let name = words.first?.dropFirst(2),
                    let time = words.first(where: { $0.hasPrefix("time=") })
                else { continue }
                times[String(name)] = String(time.dropFirst(5).prefix { $0 != "." })
            }
            return times
        }

        /// True if a file at `path` has a time that the tar says.
        func hasTime(_ path: String) -> Bool {
            expected.files[path]?.hasPrefix("directory") != true || named.contains(path)
        }

        /// The archive in the initrd, and the microcode before it.
        func parts(_ name: String) throws -> (microcode: [UInt8], gzip: [UInt8]) {
            let initrd = try #require(try directory?.read("\(name)-initrd.img"))
            let start = try #require(
                initrd.indices.dropLast(2).first { initrd[$0...].starts(with: [0x1F, 0x8B, 8]) })
            return (Array(initrd[..<start]), Array(initrd[start...]))
        }
    }

    private static let plain = ["LC_ALL": "C.UTF-8", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]
    private static let built = Result { try Built() }

    @Test("cpio and bsdcpio", arguments: ["cpio", "bsdcpio"], ["kit", "apart"])
    func unpacked(_ tool: String, _ name: String) throws {
        let built = try Self.built.get()
        let listing = try Self.unpack(try built.parts(name).gzip, with: tool)
        let differences = listing.differences(from: built.expected) { path in
            let kind = built.expected.files[path] ?? ""
            // GNU cpio leaves the times of links and directories alone.
            if kind.hasPrefix("symbolic link") || kind.hasPrefix("directory"), tool == "cpio" { return false }
            return built.hasTime(path)
        }
        #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
        if name == "apart" {
            #expect(listing.links == built.expected.links)
        } else {
            #expect(listing.links.isStrictSuperset(of: built.expected.links), "nothing is shared")
        }
    }

    @Test(
        "The Linux kernel",
        .enabled(
            if: VirtualMachine.exists && Tool.available("qemu-system-x86_64"),
            "needs ../shared/kernel/bzImage and qemu-system-x86_64"))
    func booted() throws {
        let built = try Self.built.get()
        let initrd = try #require(try built.directory?.read("kit-initrd.img"))
        let console = try VirtualMachine().run(
            initrd: initrd, script: "cd /\n\(UnpackedListing.script)\nlist\necho LISTED")
        try #require(console.contains("LISTED"), "\(console.suffix(3000))")
        let listing = UnpackedListing(console)
        // What the kernel has by itself, and the microcode, which it unpacks like any other archive.
        let added: Set<String> = [
            "dev", "dev/console", "root", "kernel", "kernel/x86", "kernel/x86/microcode",
            "kernel/x86/microcode/GenuineIntel.bin",
        ]
        let differences = listing.differences(from: built.expected, added: added, timesOf: built.hasTime)
        #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
        let others = try Self.unpack(try built.parts("kit").gzip, with: "bsdcpio")
        #expect(listing.links == others.links)
    }

    @Test("gzip finds one sound member, and the microcode before it is as it came")
    func compressed() throws {
        let built = try Self.built.get()
        let parts = try built.parts("kit")
        let tested = try Tool.run("gzip", ["-t"], input: parts.gzip)
        #expect(tested.errorText.isEmpty, "\(tested.errorText)")
        #expect(parts.microcode.count % 4 == 0)
        let microcode = try Tool.run("bsdtar", ["-xOf", "\(built.path)/kit.tar", "boot/ucode.cpio"]).output
        #expect(parts.microcode.starts(with: microcode) && parts.microcode.count - microcode.count < 4)
    }

    private static func unpack(_ gzip: [UInt8], with tool: String) throws -> UnpackedListing {
        let directory = try TemporaryDirectory()
        try directory.write("archive", try Tool.run("gzip", ["-dc"], input: gzip).output)
        let target = "\(directory.path)/root"
        try Directory.create(target)
        try Tool.run(
            tool, ["-idmu", "--quiet", "-F", "\(directory.path)/archive"], in: target, environment: plain)
        return try UnpackedListing(directory: target)
    }
}
