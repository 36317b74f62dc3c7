internal import Bytes
internal import FileTree
internal import KitConfig
internal import OCI
internal import Tar

/// One assembly under way: the stream so far and what later steps must know of earlier ones.
struct AssemblyRun {
    let assembler: Assembler
    var stream = EntryStream()
    var statements: [Assembler.Statement] = []
    var otherBills: [Assembler.OtherBill] = []
    private var extracted = ExtractedImages()
    private let reuse: ReusePlan

    init(assembler: Assembler) {
        self.assembler = assembler
        reuse = assembler.reusePlan
    }

    private var kit: Kit { assembler.kit }
    private var stamp: BuildStamp { assembler.stamp }

    mutating func placeKernel() throws {
        let kernel = kit.kernel
        guard !kernel.image.isEmpty else { return }
        if try reused("kernel", kernel.image, prefix: "") { return }
        let (image, reference) = try image(kernel.image)
        let placement = KernelPlacement(
            origin: EntryOrigin(source: reference, location: "kernel"), commandLine: kernel.cmdline,
            binary: ByteString(kernel.binary.isEmpty ? "kernel" : kernel.binary),
            archive: kernel.tar == "none" ? nil : ByteString(kernel.tar ?? "kernel.tar"),
            microcode: kernel.ucode.map { ByteString($0) }, stamp: stamp)
        let assembler = assembler
        try placement.place(
            try flattened(image, prefix: ""),
            kernel: { contents in
                guard assembler.options.decompressKernel else { return contents }
                return try assembler.decompressed(contents, of: reference)
            }, read: assembler.read, into: &stream)
        if let ucode = kernel.ucode, !ucode.isEmpty,
            !stream.entries.contains(where: {
                $0.entry.header.name == "boot/ucode.cpio"
            })
        {
            assembler.onNote("kernel image \(reference) has no \(ucode): booting without microcode updates")
        }
    }

    mutating func placeInitImages() throws {
        var database = APKDatabase()
        for (index, name) in kit.initImages.enumerated() {
            let start = stream.entries.count
            if try reused("init[\(index)]", name, prefix: "") {
                database.collect(stream.entries[start...])
                continue
            }
            let (image, reference) = try image(name)
            let placement = ImagePlacement(
                prefix: "", origin: EntryOrigin(source: reference, location: "init[\(index)]"),
                resolvConf: .link, stamp: stamp)
            placement.place(try flattened(image, prefix: ""), into: &stream)
            database.collect(stream.entries[start...])
        }
        try database.place(read: assembler.read, stamp: stamp, into: &stream)
    }

    mutating func placeVolumes() throws {
        for (index, volume) in kit.volumes.enumerated() {
            let prefix = ByteString("containers/volumes/\(volume.name)/lower/")
            if try reused("volume[\(index)]", volume.isLayout ? "" : volume.image, prefix: prefix) {
                continue
            }
            var contents = VolumePlacement.Contents.blank
            var reference: String?
            if !volume.image.isEmpty {
                reference = try ImageReference(volume.image.text).description
                if volume.isLayout {
                    contents = .layout(try layout(volume))
                } else {
                    contents = .files(try flattened(try image(volume.image).image, prefix: prefix))
                }
            }
            VolumePlacement(name: volume.name, index: index, reference: reference, stamp: stamp)
                .place(contents, into: &stream)
        }
    }

    mutating func placeContainers(_ containers: [ContainerConfig], in list: String, numbered: Bool) throws {
        let ids = kit.containerIDs
        for (index, container) in containers.enumerated() {
            let number = numbered ? Self.threeDigits(index) + "-" : ""
            let path = ByteString("containers/\(list)/\(number)\(container.name)")
            if try reusedBundle("\(list)[\(index)]", container, at: path) { continue }
            let (image, reference) = try image(container.image)
            let specification = try ContainerSpecification(
                container, of: kit, image: image.configuration.config, ids: ids)
            let placement = BundlePlacement(
                path: path, origin: EntryOrigin(source: reference, location: "\(list)[\(index)]"),
                isReadOnly: specification.isReadOnly, stamp: stamp)
            let root = path + (specification.isReadOnly ? "/rootfs/" : "/lower/")
            let isNew = extracted.root(of: reference) == nil
            placement.place(
                extracted: &extracted, config: specification.config,
                image: isNew ? try flattened(image, prefix: root) : [],
                runtime: { specification.runtime(bundle: path.text, root: $0.text) }, into: &stream)
        }
    }

    mutating func placeFiles() throws {
        var placement = FilePlacement(
            kit: kit, metadata: assembler.expandedKit, home: assembler.options.home, stamp: stamp)
        for note in try placement.place(into: &stream) { assembler.onNote(note) }
    }

    /// Appends what an earlier output has at `location`, if that is to be used again.
    private mutating func reused(_ location: String, _ name: ImageName, prefix: ByteString) throws -> Bool {
        guard reuse.contains(location), let entries = assembler.earlier?.entries(at: location) else {
            return false
        }
        assembler.onProgress("\(location) from the earlier output")
        for entry in entries { stream.append(reused: entry) }
        if assembler.options.collectSBOMs, !name.isEmpty {
            // With some statements missing the output would depend on what the cache has.
            do throws(ImageError) {
                let reference = try ImageReference(name.text)
                try collectStatements(
                    try assembler.images.image(reference, platform: assembler.platform), prefix: prefix)
            } catch {
                guard case .notFound = error.problem else { throw error }
                throw AssemblyError.noStatements(image: name.text)
            }
        }
        return true
    }

    /// The same for a bundle, whose image's files later bundles may refer to.
    private mutating func reusedBundle(
        _ location: String, _ container: ContainerConfig, at path: ByteString
    ) throws -> Bool {
        let reference = try ImageReference(container.image.text).description
        let isNew = extracted.root(of: reference) == nil
        let start = stream.entries.count
        let roots: [ByteString] = [path + "/lower", path + "/rootfs"]
        guard let entries = reuse.contains(location) ? assembler.earlier?.entries(at: location) : nil,
            let root = roots.first(where: { root in entries.contains { $0.header.name == root } })
        else { return false }
        guard try reused(location, isNew ? container.image : "", prefix: root + "/") else { return false }
        if isNew, stream.entries.count > start { extracted.record(reference, at: root) }
        return true
    }

    private func image(_ name: ImageName) throws -> (image: Image, reference: String) {
        let reference = try ImageReference(name.text)
        return (try assembler.images.image(reference, platform: assembler.platform), reference.description)
    }

    private mutating func flattened(_ image: Image, prefix: ByteString) throws -> [TarEntry] {
        assembler.onProgress(image.reference.description)
        if assembler.options.collectSBOMs { try collectStatements(image, prefix: prefix) }
        return try assembler.images.flattened(image)
    }

    private mutating func collectStatements(_ image: Image, prefix: ByteString) throws(ImageError) {
        for text in try assembler.images.statements(of: image) {
            statements.append(
                Assembler.Statement(prefix: prefix, text: text, image: image.reference.description))
        }
        for type in try assembler.images.otherBills(of: image) {
            let bill = Assembler.OtherBill(image: image.reference.description, type: type)
            if !otherBills.contains(bill) { otherBills.append(bill) }
        }
    }

    private func layout(_ volume: VolumeConfig) throws -> [TarEntry] {
        let reference = try ImageReference(volume.image.text)
        let platforms = try Assembler.platforms(of: volume)
        assembler.onProgress(reference.description)
        return try assembler.images.exported(reference, platforms: platforms)
    }

    private static func threeDigits(_ number: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, 3 - text.count)) + text
    }
}
