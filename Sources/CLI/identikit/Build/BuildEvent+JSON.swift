import Building
import JSON
import OCI
import Packaging
import Registry

extension BuildEvent {
    /// The event for programs: its name in `event`, and what belongs to it. Nil for what is text anyway.
    var json: JSONObject? {
        switch self {
        case .asking(let images): ["event": "asking", "images": .number(images)]
        case .askingDaemon(let reference): ["event": "asking-daemon", "image": .text("\(reference)")]
        case .pulling(let progress): progress.json("pulling")
        case .pulled(let progress): progress.json("pulled")
        case .restoring(let reference, let error):
            ["event": "restoring", "image": .text("\(reference)"), "reason": .text("\(error)")]
        case .reading(let images): ["event": "reading", "images": .number(images)]
        case .packaging(let progress): progress.json
        case .builtPackage(let reference): ["event": "built-package", "image": .text("\(reference)")]
        case .assembling(let part): ["event": "assembling", "part": .text(part)]
        case .reusing(let part): ["event": "reusing", "part": .text(part)]
        case .writing(let path): ["event": "writing", "path": .text(path)]
        case .sharing(let event): event.json
        case .detail, .note, .warning: nil
        }
    }
}

extension PullProgress {
    fileprivate func json(_ event: String) -> JSONObject {
        [
            "event": .text(event), "images": .number(images), "completeImages": .number(completeImages),
            "blobs": .number(fetchedBlobs), "bytes": .number(receivedBytes),
        ]
    }
}

extension PackageProgress {
    fileprivate var json: JSONObject {
        switch self {
        case .locking(let suite, let architecture):
            ["event": "locking-package", "suite": .text(suite), "architecture": .text(architecture)]
        case .relocking(let name, let version):
            ["event": "relocking-package", "missing": .text(name), "version": .text(version)]
        case .fetching(let count, let bytes):
            ["event": "fetching-packages", "count": .number(count), "bytes": .number(bytes)]
        case .unpacking(let name, let index, let count):
            ["event": "unpacking", "name": .text(name), "index": .number(index), "count": .number(count)]
        case .writing(let reference, let architecture):
            ["event": "writing-package", "image": .text(reference), "architecture": .text(architecture)]
        case .unchanged(let reference, let architecture):
            ["event": "unchanged-package", "image": .text(reference), "architecture": .text(architecture)]
        }
    }
}

extension SharingEvent {
    fileprivate var json: JSONObject {
        func object(_ event: String, _ repository: ImageReference, _ tag: String? = nil) -> JSONObject {
            var object: JSONObject = ["event": .text(event), "repository": .text("\(repository)")]
            if let tag { object["tag"] = .text(tag) }
            return object
        }
        switch self {
        case .looking(let repository): return object("looking-for-outputs", repository)
        case .found(let repository, let tag): return object("found-outputs", repository, tag)
        case .missing(let repository, let tag): return object("missing-outputs", repository, tag)
        case .storing(let repository): return object("sharing-outputs", repository)
        case .stored(let repository, let tag): return object("shared-outputs", repository, tag)
        case .existed(let repository, let tag): return object("outputs-already-shared", repository, tag)
        case .inputsUnknown(let error):
            return ["event": "inputs-unknown", "reason": .text(Failure.wording(error))]
        }
    }
}
