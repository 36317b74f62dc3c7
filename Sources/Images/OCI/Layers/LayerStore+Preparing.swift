internal import Digests

extension LayerStore {
    /// Imports what is missing of `images` and verifies the rest, `jobs` layers at a time.
    public func prepare(_ images: [Image], jobs: Int) async throws(ImageError) {
        _ = try await forEachLayer(of: images, jobs: jobs) { layer throws(ImageError) in
            _ = try self.index(of: layer)
            return false
        }
    }

    /// Imports what is missing of `images`, and begins to verify the rest, `jobs` layers at a time: their indexes can be
    /// had at once, their contents wait for the verdict. Nothing that was made of them must be
    /// shown to anybody before `finish` has returned.
    public func begin(_ images: [Image], jobs: Int) async throws(ImageError) {
        let known = try await forEachLayer(of: images, jobs: jobs) { layer throws(ImageError) in
            if self.isVerified(layer) { return false }
            if try self.isIndexed(layer) { return true }
            _ = try self.index(of: layer)
            return false
        }
        let checks = known.map { LayerCheck($0.layer, of: $0.reference) }
        add(checks)
        LayerCheck.start(checks, jobs: jobs) { layer throws(ImageError) in try self.verify(layer) }
    }

    /// Waits until all that was begun is verified; an error if something is wrong, the first in the order of the images.
    public func finish() throws(ImageError) {
        for check in begunChecks { try check.wait() }
    }

    /// Runs `body` on each layer, once, `jobs` at a time, and returns those it returns true for, in order.
    private func forEachLayer(
        of images: [Image], jobs: Int, body: @escaping @Sendable (ImageLayer) throws(ImageError) -> Bool
    ) async throws(ImageError) -> [(layer: ImageLayer, reference: ImageReference)] {
        var seen: Set<SHA256Digest> = []
        let work = images.flatMap { image in
            image.layers.filter { seen.insert($0.diffID).inserted }
                .map { (layer: $0, reference: image.reference) }
        }
        let results = await withTaskGroup(of: (Int, Result<Bool, ImageError>).self) { group in
            var results: [Int: Result<Bool, ImageError>] = [:]
            var hasFailed = false
            for (number, (layer, reference)) in work.enumerated() {
                if number >= max(1, jobs), let (number, result) = await group.next() {
                    results[number] = result
                    if case .failure = result { hasFailed = true }
                }
                if hasFailed { break }
                group.addTask {
                    do throws(ImageError) { return (number, .success(try body(layer))) } catch {
                        return (number, .failure(error.of(reference)))
                    }
                }
            }
            for await (number, result) in group { results[number] = result }
            return results
        }
        var found: [(layer: ImageLayer, reference: ImageReference)] = []
        for (number, element) in work.enumerated() {
            // The first failure in the order of the images, not in time.
            if try results[number]?.get() == true { found.append(element) }
        }
        return found
    }
}
