internal import Host
internal import Synchronization

/// The verification of one layer on another thread.
final class LayerCheck: Sendable {
    let layer: ImageLayer
    /// The image that it was begun for.
    private let reference: ImageReference
    private let verdict = Latch()
    private let failure = Mutex<ImageError?>(nil)

    init(_ layer: ImageLayer, of reference: ImageReference) {
        self.layer = layer
        self.reference = reference
    }

    /// Waits for the verdict; an error that names the image if there is something wrong.
    func wait() throws(ImageError) {
        verdict.wait()
        if let failure = failure.withLock({ $0 }) { throw failure }
    }

    private func run(_ verify: (ImageLayer) throws(ImageError) -> Void) {
        do throws(ImageError) { try verify(layer) } catch {
            let named = error.of(reference)
            failure.withLock { $0 = named }
        }
        verdict.open()
    }

    /// Runs `checks` in their order, `jobs` at a time, and does not wait for them. They have threads of their own:
    /// who waits may hold the only one that tasks have.
    static func start(
        _ checks: [LayerCheck], jobs: Int, verify: @escaping @Sendable (ImageLayer) throws(ImageError) -> Void
    ) {
        let queue = CheckQueue(checks)
        for _ in 0..<min(max(1, jobs), checks.count) {
            Background.run {
                while let check = queue.next() { check.run(verify) }
            }
        }
    }
}

/// Hands out checks, each once.
private final class CheckQueue: Sendable {
    private let checks: [LayerCheck]
    private let position = Mutex(0)

    init(_ checks: [LayerCheck]) { self.checks = checks }

    func next() -> LayerCheck? {
        let number = position.withLock { position in
            position += 1
            return position - 1
        }
        return number < checks.count ? checks[number] : nil
    }
}
