internal import Bytes
internal import Digests
internal import Host
internal import OCI

/// Fetches blobs into a layout: each once, even if requested several times, from this process or another.
actor BlobFetcher {
    private let client: RegistryClient
    private let layout: ImageLayout
    private let slots: Slots
    private let progress: PullProgressReport
    /// Whether the bytes of blobs that are here are checked.
    private let verifying: Bool
    private var states: [SHA256Digest: State] = [:]

    private enum State {
        /// Somebody is at it; these wait for it.
        case running([CheckedContinuation<Void, any Error>])
        case done
    }

    init(
        client: RegistryClient, layout: ImageLayout, connections: Int, progress: PullProgressReport,
        verifying: Bool = false
    ) {
        self.verifying = verifying
        self.client = client
        self.layout = layout
        self.progress = progress
        slots = Slots(connections)
    }

    /// Returns when the blob is in the layout.
    func fetch(_ blob: Descriptor, from repository: ImageReference) async throws {
        switch states[blob.digest] {
        case .done: return
        case .running(let waiting):
            return try await withCheckedThrowingContinuation { continuation in
                states[blob.digest] = .running(waiting + [continuation])
            }
        case nil: states[blob.digest] = .running([])
        }
        do {
            try await bring(blob, from: repository)
        } catch let error as RegistryError where blob.mayBeAbsent && error.isNotFound {
            // Registries need not have it, and what needs it says so.
            client.settings.onNote(
                "\(repository): layer \(blob.digest.oci) is not for distribution, and the registry does not "
                    + "have it; left out")
        } catch {
            settle(blob.digest, nil, .failure(error))
            throw error
        }
        settle(blob.digest, .done, .success(()))
    }

    private func settle(_ digest: SHA256Digest, _ state: State?, _ result: Result<Void, any Error>) {
        guard case .running(let waiting) = states[digest] else { return }
        states[digest] = state
        for continuation in waiting { continuation.resume(with: result) }
    }

    /// Fetches the blob, or waits while another process does.
    private nonisolated func bring(_ blob: Descriptor, from repository: ImageReference) async throws {
        var wait = Wait(for: blob, in: layout, patience: client.settings.patience)
        while true {
            try Task.checkCancellation()
            if progress.isGivenUp { throw CancellationError() }
            guard await slots.enter() else { throw CancellationError() }
            let exists: Bool
            do { exists = try await attempt(blob, from: repository) } catch {
                slots.leave()
                throw error
            }
            slots.leave()
            if exists { return }
            try await client.settings.clock.sleep(Wait.pause)
            switch wait.look() {
            case .quiet: break
            case .long:
                client.settings.onNote(
                    "waiting for another process, which is fetching \(blob.digest.oci)")
            case .hopeless:
                throw RegistryError(
                    registry: repository.registry, reference: repository.description,
                    .interrupted(
                        attempts: 1,
                        reason: "another process is fetching \(blob.digest.oci), but it has stalled; end it "
                            + "(fuser \(wait.path) shows its process ID)"))
            }
        }
    }

    /// How long another process has been fetching a blob without getting more of it, in looks at its file.
    private struct Wait {
        /// Seconds between two looks.
        static let pause = 0.05
        /// Five seconds.
        private static let long = 100
        /// More than the other process would wait for a registry.
        private let hopeless: Int

        enum State { case quiet, long, hopeless }

        let path: String
        private var size: UInt64?
        private var looks = 0
        private var wasTold = false

        init(for blob: Descriptor, in layout: ImageLayout, patience: Double) {
            path = layout.partPath(of: blob)
            hopeless = Int(min(patience, 86_400) * 20)
        }

        mutating func look() -> State {
            let now = (try? FileStatus.of(path))?.size
            looks = now == size ? looks + 1 : 0
            size = now
            if looks >= hopeless { return .hopeless }
            guard looks >= Self.long, !wasTold else { return .quiet }
            wasTold = true
            return .long
        }
    }

    /// False if another process has the blob in hand.
    private nonisolated func attempt(
        _ blob: Descriptor, from repository: ImageReference
    ) async throws -> Bool {
        let claim = try await Blocking.run { [layout, verifying] () throws(ImageError) in
            try layout.claim(blob, verifying: verifying)
        }
        switch claim {
        case .busy: return false
        case .present: return true
        case .claimed(let partial):
            if try layout.storeEmbedded(blob) {
                partial.discard()
                return true
            }
            let isReplaced = layout.hasFile(for: blob)
            let received = ReportedBlob(partial, progress: progress)
            do {
                try await client.download(blob, from: repository, into: received)
            } catch {
                if partial.count == 0 { partial.discard() }
                throw error
            }
            try await Blocking.run { () throws(StreamError) in try partial.finish() }
            progress.fetchedBlob()
            if isReplaced { client.settings.onNote(RegistryClient.replaced(blob.digest)) }
            return true
        }
    }
}

/// A blob being downloaded, which reports its progress.
private final class ReportedBlob: BlobReceiver {
    private let partial: PartialBlob
    private let progress: PullProgressReport

    init(_ partial: PartialBlob, progress: PullProgressReport) {
        self.partial = partial
        self.progress = progress
    }

    var count: UInt64 { partial.count }

    var digest: SHA256Digest { partial.digest }

    func receive(_ bytes: UnsafeRawBufferPointer) throws(StreamError) {
        try partial.receive(bytes)
        progress.received(UInt64(bytes.count))
    }

    func restart() throws(StreamError) { try partial.restart() }
}

extension RegistryClient {
    /// The words for a blob that was damaged in the layout and has been fetched again.
    static func replaced(_ digest: SHA256Digest) -> String {
        "\(digest.oci) was damaged in the cache; fetched again"
    }
}

extension RegistryError {
    /// True if the registry does not have the requested content.
    var isNotFound: Bool { if case .notFound = problem { true } else { false } }
}
