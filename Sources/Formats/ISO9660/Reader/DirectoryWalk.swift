internal import Bytes
internal import FileTree

/// Goes through the directories of a view, and knows what was met already.
struct DirectoryWalk {
    /// A file that is found, and the directory that it is.
    struct Found {
        var file: FoundFile
        let sections: [FileExtent]
        let directory: FileExtent?
    }

    let reader: ISO9660Reader
    private var continuationBudget: UInt64
    private var directoryBudget: UInt64
    /// The extents of directories that were read; only asked, never gone through.
    private var met: Set<UInt64> = []

    init(_ reader: ISO9660Reader) {
        self.reader = reader
        directoryBudget = reader.image.count
        continuationBudget = reader.image.count
    }

    mutating func run(
        _ body: (FoundFile, ISO9660Reader.File) throws(ISO9660Error) -> Void
    ) throws(ISO9660Error) {
        // Files to tell, the next one last.
        var pending = [try root()]
        while let next = pending.popLast() {
            try body(next.file, ISO9660Reader.File(sections: next.sections))
            guard let directory = next.directory else { continue }
            pending += try children(directory, below: next.file.path).reversed()
        }
    }

    private mutating func root() throws(ISO9660Error) -> Found {
        let volume =
            switch reader.view {
            case .joliet: reader.descriptors.joliet ?? reader.descriptors.primary
            case .rockRidge, .primary: reader.descriptors.primary
            }
        let record = try FoundRecord(volume.root[...], at: volume.rootOffset)
        guard record.isDirectory else {
            throw .corrupt(what: "root directory", offset: volume.rootOffset, reason: "it is not a directory")
        }
        return try directory(at: record.extent, path: ByteString())
    }

    /// A directory known by its extent, with the attributes of its own record.
    mutating func directory(at extent: FileExtent, path: ByteString) throws(ISO9660Error) -> Found {
        let sector = try reader.image.bytes(extent.offset, Sector.size, of: "directory")
        let own = try FoundRecord(sector[...], at: extent.offset)
        guard own.isDirectory, own.identifier.elementsEqual([0]) else {
            throw .corrupt(
                what: "directory", offset: extent.offset, reason: "its first record is not its own")
        }
        let fields = try fields(of: own)
        return try found(own, fields, sections: [], path: path, directory: own.extent)
    }

    /// What is in a directory, sorted by name.
    private mutating func children(
        _ extent: FileExtent, below path: ByteString
    ) throws(ISO9660Error) -> [Found] {
        guard met.insert(extent.offset).inserted else {
            throw .corrupt(what: "directory", offset: extent.offset, reason: "it is met twice")
        }
        guard UInt64(extent.length) <= directoryBudget else {
            throw .limitExceeded(
                what: "all directories", limit: reader.image.count, offset: extent.offset)
        }
        directoryBudget -= UInt64(extent.length)
        var children: [Found] = []
        var sections: [FoundRecord] = []
        var scan = RecordScan(extent)
        while let record = try scan.next(in: reader.image) {
            if record.isOwnOrParents || record.isAssociated { continue }
            if let first = sections.first, !first.identifier.elementsEqual(record.identifier) {
                throw .corrupt(
                    what: "directory record", offset: record.offset, reason: "a section of a file is missing")
            }
            sections.append(record)
            if record.hasMoreSections { continue }
            if let child = try child(sections, below: path) { children.append(child) }
            sections = []
        }
        if let first = sections.first {
            throw .corrupt(
                what: "directory record", offset: first.offset, reason: "a section of the file is missing")
        }
        children.sort { $0.file.path < $1.file.path }
        for (left, right) in zip(children, children.dropFirst()) where left.file.path == right.file.path {
            throw .corrupt(
                what: "directory", offset: extent.offset, reason: "two files called \(left.file.path)")
        }
        return children
    }

    mutating func fields(of record: FoundRecord) throws(ISO9660Error) -> SystemUseFields? {
        guard reader.view == .rockRidge else { return nil }
        return try SystemUseFields(
            record, skip: reader.skip, reader.image, budget: &continuationBudget)
    }
}

/// Reads the records of a directory, a sector at a time.
private struct RecordScan {
    private let extent: FileExtent
    private var position: UInt64 = 0
    private var sector: [UInt8] = []

    init(_ extent: FileExtent) { self.extent = extent }

    mutating func next(in image: ImageBytes) throws(ISO9660Error) -> FoundRecord? {
        while position < UInt64(extent.length) {
            let start = Int(position % UInt64(Sector.size))
            if start == 0 {
                let left = UInt64(extent.length) - position
                sector = try image.bytes(
                    extent.offset + position, Int(min(left, UInt64(Sector.size))), of: "directory")
            }
            // Records end with their sector; zeros fill what is left of it.
            guard start < sector.count, sector[start] != 0 else {
                position += UInt64(Sector.size - start)
                continue
            }
            let record = try FoundRecord(sector[start...], at: extent.offset + position)
            position += UInt64(record.bytes.count)
            return record
        }
        return nil
    }
}
