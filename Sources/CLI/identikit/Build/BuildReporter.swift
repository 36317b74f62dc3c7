import Bytes
import Building
import OCI
import Outputs
import Packaging
import Registry

/// Prints a build's events.
struct BuildReporter: Sendable {
    let reporter: Reporter
    /// The path given with `--input-tar`.
    var earlierOutput: String?

    func report(_ event: BuildEvent) {
        if reporter.isJSON, let object = event.json { return reporter.event(object) }
        switch event {
        case .asking(let images):
            reporter.progress("looking up \(images) \(images == 1 ? "image" : "images")")
        case .askingDaemon(let reference): reporter.progress("looking in the Docker daemon for \(reference)")
        case .pulling(let progress): reporter.amount(progress.line)
        case .pulled(let progress): reporter.note(progress.summary)
        case .restoring(let reference, let error):
            reporter.note("\(error.problem.summary) (\(reference)); fetching it again")
        case .reading(let images): reporter.progress("reading \(images) \(images == 1 ? "image" : "images")")
        case .packaging(let progress): reporter.progress(progress)
        case .builtPackage(let reference): reporter.note("built \(reference)")
        case .assembling(let part): reporter.progress("assembling \(part)")
        case .reusing(let part):
            reporter.detail("Copy \(part) from \(earlierOutput ?? "the earlier output")")
        case .writing(let path): reporter.progress("writing \(path)")
        case .sharing(let event): report(event)
        case .detail(let text): reporter.detail(text)
        case .note(let text): reporter.note(text)
        case .warning(let warning): reporter.warning(Self.words(warning))
        }
    }

    private func report(_ event: SharingEvent) {
        switch event {
        case .looking(let repository): reporter.progress("looking for the outputs in \(repository)")
        case .found(let repository, let tag):
            reporter.note("using outputs from the shared cache \(repository), tag \(tag)")
        case .missing(let repository, let tag): reporter.detail("\(repository) does not have \(tag)")
        case .storing(let repository): reporter.progress("sharing the outputs in \(repository)")
        case .stored(let repository, let tag): reporter.note("shared in \(repository), tag \(tag)")
        case .existed(let repository, let tag): reporter.detail("\(repository) already has \(tag)")
        case .inputsUnknown(let error):
            reporter.detail(
                "the inputs of the build are not known yet: \(Failure.wording(error))")
        }
    }

    private static func words(_ warning: BuildWarning) -> String {
        switch warning {
        case .configuration(let problem): "\(problem)"
        case .unusedOption(.diskSize(let formats)):
            "--size is for disks: \(formats.map(\.name).joined(separator: ", ")) are as large as needed"
        case .unusedOption(.compression(let formats)):
            "--compression is for initrds and squashfs, which \(formats.map(\.name).joined(separator: ", ")) "
                + (formats.count == 1 ? "does not have" : "do not have")
        case .unusedOption(.squashFSCompression):
            "--squashfs-compression is for kernel+squashfs, which is not built here"
        case .noDaemon: "--docker: no daemon found; using images from the cache and registries only"
        case .earlierOutputHasNoConfiguration(let path):
            "\(path): no configuration found where this build writes its own (files with metadata); "
                + "building everything from images"
        case .sharedEntryUnusable(let reason): "not using the shared cache: \(reason)"
        case .sharedCacheFailed(let error): "not using the shared cache: \(Failure.wording(error))"
        case .inputsChanged:
            "not uploading outputs: input files changed during the build"
        case .notShared(let error): "could not upload outputs: \(Failure.wording(error))"
        case .image(let text), .output(let text): text
        }
    }
}

extension PullProgress {
    /// The progress line of a running pull.
    var line: String {
        "pulling: \(completeImages) of \(images) images, \(receivedBytes.readableSize) received"
    }

    /// The summary of a finished pull.
    var summary: String {
        "pulled \(completeImages) \(completeImages == 1 ? "image" : "images"): "
            + "\(fetchedBlobs) \(fetchedBlobs == 1 ? "blob" : "blobs"), \(receivedBytes.readableSize)"
    }
}
