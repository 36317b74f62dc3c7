import Bytes
import FAT
import FileTree
import Host
import TestSupport
import Testing

/// Linux mounts our volumes and finds what was written.
@Suite struct FATKernelTests {
    @Test(
        "Linux finds every name, time and content that went in, characters beyond 16 bits too",
        .enabled(if: MountedImage.isPossible, "the kernel for tests, QEMU, busybox or GNU tar is missing"),
        arguments: FATType.allCases)
    func corpus(_ type: FATType) throws {
        var parts: HostileCorpus.Parts = [
            .sizes, .sparseFiles, .equalFiles, .longNames, .shortNames, .deepDirectories, .hardLinks, .times,
        ]
        // More files than FAT12 has clusters.
        if type != .fat12 { parts.insert(.largeDirectory) }
        let corpus = try HostileCorpus(parts)
        let volume = try FATVolume(tree: corpus.tree, options: Volume.options(type: type))
        let directory = try TemporaryDirectory()
        let path = "\(directory.path)/volume"
        var file = try AtomicFile(path: path)
        try volume.extents.write(to: &file, from: corpus.store)
        try file.commit()
        let mounted = try MountedImage(
            path, type: "vfat -o utf8,tz=UTC", commands: "$B stat -f -c '%s %b' .")
        let differences = TreeComparison.differences(
            between: corpus.tree, corpus.store, and: mounted, kept: FATTreeTests.kept)
        #expect(differences == [])
        // FAT12 and FAT16 have their roots elsewhere; Linux counts clusters alone.
        #expect(mounted.console == "\(volume.clusterSize) \(volume.clusterCount)\n", "\(mounted.console)")
    }
}
