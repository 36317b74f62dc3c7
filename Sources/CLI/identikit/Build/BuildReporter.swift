import Bytes
import Building
import OCI
import Outputs
import Packaging
import Registry

/// Words a build's events.
struct BuildReporter: Sendable {
    let reporter: Reporter
    /// What `--input-tar` names.
    var earlierOutput: String?

    func report(_ event: BuildEvent) {
        switch event {
        case .asking(let images): reporter.progress("asking for \(images) images")
        case .askingDaemon(let reference): reporter.progress("asking the Docker daemon for \(reference)")
        case .pulling(let progress): reporter.amount(progress.line)
        case .pulled(let progress): reporter.note(progress.summary)
        case .restoring(let reference, let error):
            reporter.note("\(error.problem.summary) (\(reference)); fetching it again")
        case .reading(let images): reporter.progress("reading \(images) images")
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
            reporter.note("from the shared cache \(repository), tag \(tag)")
        case .missing(let repository, let tag): reporter.detail("\(repository) does not have \(tag)")
        case .storing(let repository): reporter.progress("sharing the outputs in \(repository)")
        case .stored(let repository, let tag): reporter.note("shared in \(repository), tag \(tag)")
        case .existed(let repository, let tag): reporter.detail("\(repository) has \(tag) already")
        case .inputsUnknown(let error):
            reporter.detail(
                "what the build is made from is not known yet: \(Failure.wording(error))")
        }
    }

    private static func words(_ warning: BuildWarning) -> String {
        switch warning {
        case .configuration(let problem): "\(problem)"
        case .unusedOption(.diskSize(let formats)):
            "--size is for disks: \(formats.map(\.name).joined(separator: ", ")) are as large as needed"
        case .unusedOption(.squashFSCompression):
            "--squashfs-compression is for kernel+squashfs, which is not built here"
        case .noDaemon: "--docker: there is no daemon; images come from the cache and from registries"
        case .earlierOutputHasNoConfiguration(let path):
            "\(path): no configuration in it where this one has its own (files with metadata); "
                + "everything is built from images"
        case .sharedEntryUnusable(let reason): "the shared cache is not used: \(reason)"
        case .sharedCacheFailed(let error): "the shared cache is not used: \(Failure.wording(error))"
        case .inputsChanged:
            "the outputs are not shared: files that they are made from have changed meanwhile"
        case .notShared(let error): "the outputs were not shared: \(Failure.wording(error))"
        case .image(let text), .output(let text): text
        }
    }
}

extension PullProgress {
    /// While it goes on.
    var line: String {
        "pulling: \(completeImages) of \(images) images, \(receivedBytes.readableSize) received"
    }

    /// When it is over.
    var summary: String {
        "pulled \(completeImages) \(completeImages == 1 ? "image" : "images"): "
            + "\(fetchedBlobs) blobs, \(receivedBytes.readableSize)"
    }
}
