internal import Bytes
internal import FileTree
internal import KitConfig
internal import OCI
internal import Tar

/// The state of one assembly: the stream so far and what later steps need from earlier ones.
struct AssemblyRun {
    let assembler: Assembler
    var stream = EntryStream()
    var statements: [Assembler.Statement] = []
    var otherBills: [Assembler.OtherBill] = []
    var extracted = ExtractedImages()
    /// The file `config` of the kernel's image.
    var kernelConfiguration: FileContents?
    let reuse: ReusePlan
    /// Images of reused parts that cannot be compared, each once.
    var unconfirmed: [String] = []
    /// Images whose user is ignored, each once.
    var ignoredUsers: [(image: String, user: String)] = []

    init(assembler: Assembler) {
        self.assembler = assembler
        reuse = assembler.reusePlan
    }

    private var kit: Kit { assembler.kit }
    private var stamp: BuildStamp { assembler.stamp }

    mutating func placeKernel() throws {
        let kernel = kit.kernel
        guard !kernel.image.isEmpty else { return }
        try place("kernel", of: kernel.image, prefix: "") { run in try run.placeKernelOfImage() }
    }

    private mutating func placeKernelOfImage() throws {
        let kernel = kit.kernel
        let (image, reference) = try image(kernel.image)
        let placement = KernelPlacement(
            origin: EntryOrigin(source: reference, location: "kernel"), commandLine: kernel.cmdline,
            binary: ByteString(kernel.binary.isEmpty ? "kernel" : kernel.binary),
            archive: kernel.tar == "none" ? nil : ByteString(kernel.tar ?? "kernel.tar"),
            microcode: kernel.ucode.map { ByteString($0) }, stamp: stamp)
        let assembler = assembler
        let members = try flattened(image, prefix: "")
        if assembler.options.readsKernelConfiguration {
            kernelConfiguration = KernelPlacement.configuration(in: members)
        }
        try placement.place(
            members,
            kernel: { contents in
                guard assembler.options.decompressKernel else { return contents }
                return try assembler.decompressed(contents, of: reference)
            }, read: assembler.read, into: &stream)
        if let ucode = kernel.ucode, !ucode.isEmpty,
            !stream.entries.contains(where: { $0.entry.header.name == "boot/ucode.cpio" })
        {
            assembler.onNote("kernel image \(reference) has no \(ucode): booting without microcode updates")
        }
    }

    mutating func placeInitImages() throws {
        var database = APKDatabase()
        for (index, name) in kit.initImages.enumerated() {
            let start = stream.entries.count
            try place("init[\(index)]", of: name, prefix: "") { run in
                let (image, reference) = try run.image(name)
                let placement = ImagePlacement(
                    prefix: "", origin: EntryOrigin(source: reference, location: "init[\(index)]"),
                    resolvConf: .link, stamp: run.stamp)
                placement.place(try run.flattened(image, prefix: ""), into: &run.stream)
            }
            database.collect(stream.entries[start...])
        }
        try database.place(read: assembler.read, stamp: stamp, into: &stream)
    }

    mutating func placeVolumes() throws {
        for (index, volume) in kit.volumes.enumerated() {
            let prefix = ByteString("containers/volumes/\(volume.name)/lower/")
            try place("volume[\(index)]", of: volume.image, prefix: prefix, hasStatements: !volume.isLayout) {
                run in
                var contents = VolumePlacement.Contents.blank
                var reference: String?
                if !volume.image.isEmpty {
                    reference = try ImageReference(volume.image.text).description
                    if volume.isLayout {
                        contents = .layout(try run.layout(volume))
                    } else {
                        contents = .files(
                            try run.flattened(try run.image(volume.image).image, prefix: prefix))
                    }
                }
                VolumePlacement(name: volume.name, index: index, reference: reference, stamp: run.stamp)
                    .place(contents, into: &run.stream)
            }
        }
    }

    mutating func placeContainers(_ containers: [ContainerConfig], in list: String, numbered: Bool) throws {
        for (index, container) in containers.enumerated() {
            let number = numbered ? Self.threeDigits(index) + "-" : ""
            let path = ByteString("containers/\(list)/\(number)\(container.name)")
            let location = "\(list)[\(index)]"
            if try reusedBundle(location, container, at: path) { continue }
            let start = stream.entries.count
            try placeBundle(container, at: path, location)
            compare(location, container.image, since: start)
        }
    }

    private mutating func placeBundle(
        _ container: ContainerConfig, at path: ByteString, _ location: String
    ) throws {
        let (image, reference) = try image(container.image)
        let specification = try ContainerSpecification(
            container, of: kit, image: image.configuration.config, ids: kit.containerIDs)
        if let user = specification.ignoredUser { note(user: user, of: reference) }
        let placement = BundlePlacement(
            path: path, origin: EntryOrigin(source: reference, location: location),
            isReadOnly: specification.isReadOnly, stamp: stamp)
        let root = path + (specification.isReadOnly ? "/rootfs/" : "/lower/")
        let isNew = extracted.root(of: reference) == nil
        placement.place(
            extracted: &extracted, config: specification.config,
            image: isNew ? try flattened(image, prefix: root) : [],
            runtime: { specification.runtime(bundle: path.text, root: $0.text) }, into: &stream)
    }

    mutating func placeFiles() throws {
        var placement = FilePlacement(
            kit: kit, metadata: assembler.expandedKit, home: assembler.options.home, stamp: stamp,
            sources: assembler.sources)
        for note in try placement.place(into: &stream) { assembler.onNote(note) }
    }

    private func image(_ name: ImageName) throws -> (image: Image, reference: String) {
        let reference = try ImageReference(name.text)
        return (try assembler.images.image(reference, platform: assembler.platform), reference.description)
    }

    private mutating func flattened(_ image: Image, prefix: ByteString) throws -> [TarEntry] {
        assembler.onProgress(image.reference.description)
        if assembler.options.collectSBOMs { try collectStatements(image, prefix: prefix) }
        return try assembler.images.flattened(image, made: stamp.time)
    }

    mutating func collectStatements(_ image: Image, prefix: ByteString) throws(ImageError) {
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
