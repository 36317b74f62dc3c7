internal import Bytes
internal import Deflate
internal import FileTree
internal import QCOW2
internal import Tar
internal import VHD
internal import VMDK

// The containers of disks for hypervisors and clouds.

extension OutputSession {
    func writeQCOW2(_ disk: ExtentMap, _ suffix: String) throws -> WrittenFile {
        try writeFileOutOfOrder(path(suffix)) { try QCOW2.write(disk.access(from: store), to: $0) }
    }

    func writeVHD(_ disk: ExtentMap, isDynamic: Bool, _ suffix: String) throws -> WrittenFile {
        let (access, identity) = (disk.access(from: store), disk.identity)
        if isDynamic {
            return try writeFileOutOfOrder(path(suffix)) {
                try VHD.writeDynamic(access, identity: identity, stamp: stamp, to: $0)
            }
        }
        return try writeFile(path(suffix)) {
            try VHD.writeFixed(access, identity: identity, stamp: stamp, to: $0)
        }
    }

    func writeVMDK(_ disk: ExtentMap, _ suffix: String) throws -> WrittenFile {
        let (access, identity) = (disk.access(from: store), disk.identity)
        return try writeFile(path(suffix)) {
            try VMDK.write(access, identity: identity, stamp: stamp, jobs: options.jobs, to: $0)
        }
    }

    /// A gzip member with a tar archive whose only member is `disk.raw`, stored sparsely.
    func writeGoogleArchive(_ disk: ExtentMap, _ suffix: String) throws -> WrittenFile {
        var header = TarHeader(name: "disk.raw", typeFlag: .regular)
        header.mode = 0o644
        header.size = disk.count
        header.modified = stamp.time
        return try writeFile(path(suffix)) { sink in
            var writer = TarWriter(
                ParallelGzipSink(sink, jobs: options.jobs, cache: blockCache(.deflate)))
            try writer.writeSparse(header, disk.access(from: store))
            return try writer.finish().finish()
        }
    }
}
