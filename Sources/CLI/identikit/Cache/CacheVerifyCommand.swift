import ArgumentParser
import JSON
import OCI

struct CacheVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check every blob of the cache against its digest, and every layer against its diff ID.",
        discussion: """
            Documents must parse, and names must lead to existing images. Partially pulled multi-platform images are \
            not reported as damaged. Nothing is changed without --repair, which removes damaged blobs so that \
            they can be pulled or imported again. Exit code 65 means that something is damaged or missing.

            Examples:
              \(Invocation.name) cache verify
              \(Invocation.name) cache verify --repair
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var cache: CacheOptions

    @Flag(help: "Remove damaged blobs so that they can be fetched again.")
    var repair = false

    @Option(help: "Number of workers. Default: one per processor.")
    var jobs: Int?

    @Flag(help: "Print the result as JSON.")
    var json = false

    func run() async throws {
        let layout = try repair ? cache.writableLayout() : ImageLayout(reading: cache.path)
        let reporter = global.reporter
        let report = try await layout.verifyAll(jobs: try Jobs.checked(jobs)) { done, all in
            reporter.progress("checked \(done) of \(all) blobs")
        }
        reporter.clear()
        try Output.print(json ? Self.json(report) : Self.text(report))
        guard !report.isSound else { return }
        let removed = repair ? try self.remove(report, from: layout) : nil
        throw Failure(advice(report, removed: removed), .invalidInput)
    }

    private func remove(_ report: LayoutReport, from layout: ImageLayout) throws -> Int {
        guard let removed = try layout.removeDamaged(report.damages.compactMap(\.digest)) else {
            throw Failure(
                "a build, a pull or an import is using the cache \(layout.path); retry when it is done",
                .unavailable)
        }
        return removed.count
    }

    private func advice(_ report: LayoutReport, removed: Int?) -> String {
        let count = report.damages.count == 1 ? "one thing is" : "\(report.damages.count) things are"
        var parts = ["\(count) damaged or missing in the cache \(cache.path)"]
        if let removed { parts.append("removed \(removed) damaged \(removed == 1 ? "blob" : "blobs")") }
        let repairable = report.damages.filter { !$0.isInherent }
        if !repairable.isEmpty {
            let names = Self.names(repairable)
            parts.append(
                (removed == nil ? "run cache verify --repair, then " : "")
                    + (names.isEmpty ? "pull or import the missing images" : "pull or import again: \(names)")
            )
        }
        let inherent = report.damages.filter(\.isInherent)
        if !inherent.isEmpty {
            let names = Self.names(inherent)
            parts.append(
                names.isEmpty
                    ? "inconsistent blobs belong to no image; cache clean removes them with everything else"
                    : "images published with inconsistent contents; remove them with cache rm: \(names)")
        }
        return parts.joined(separator: "; ")
    }

    private static func names(_ damages: [LayoutReport.Damage]) -> String {
        let names = Set(damages.flatMap(\.images)).sorted()
        return names.prefix(5).joined(separator: ", ") + (names.count > 5 ? " and others" : "")
    }

    private static func text(_ report: LayoutReport) -> String {
        var lines = report.damages.map { damage in
            let images = damage.images.isEmpty ? "" : " (\(damage.images.joined(separator: ", ")))"
            return (damage.digest.map { "\($0.oci): " } ?? "") + damage.reason + images
        }
        lines += report.remarks
        for (name, missing) in report.partial.sorted(by: { $0.key < $1.key }) {
            lines.append("\(name): not present for \(missing.joined(separator: ", "))")
        }
        if report.leftovers > 0 {
            lines.append(
                "\(report.leftovers) half-written files of killed processes; cache clean --unused removes them"
            )
        }
        lines.append(
            "checked: names \(report.names), blobs \(report.blobs) (\(report.bytes.readableSize)), layers \(report.layers): "
                + (report.isSound ? "sound" : "\(report.damages.count) damaged or missing"))
        return lines.joined(separator: "\n")
    }

    private static func json(_ report: LayoutReport) -> String {
        let damages = report.damages.map { damage -> JSONValue in
            [
                "digest": damage.digest.map { .text($0.oci) } ?? .null, "reason": .text(damage.reason),
                "images": .texts(damage.images),
            ]
        }
        let partial = report.partial.sorted { $0.key < $1.key }.map { entry -> JSONValue in
            ["name": .text(entry.key), "missing": .texts(entry.value)]
        }
        let object: JSONValue = [
            "sound": .bool(report.isSound), "names": .number(report.names), "blobs": .number(report.blobs),
            "bytes": .number(report.bytes), "layers": .number(report.layers), "damages": .array(damages),
            "partial": .array(partial), "remarks": .texts(report.remarks),
            "leftovers": .number(report.leftovers),
        ]
        return object.printed
    }
}
