import Building
import Digests
import OCI
import Registry

extension RegistryOptions {
    /// Forgets those of `references` whose registries have them as they are here, and returns their names. A signature
    /// goes with its image alone, if the registry has it, too; a list of what is attached to an image, which was made of
    /// the registry's, goes with the image.
    func removePublished(
        _ references: [ImageReference], from layout: ImageLayout, _ reporter: Reporter
    ) async throws -> [String] {
        func names(_ references: [ImageReference]) throws -> [String] {
            try references.flatMap { try layout.names(of: $0) }
        }
        let attached = try layout.attachments(ofImagesNamedOnly: try names(references))
        let images = try references.filter { reference in
            try !layout.names(of: reference).allSatisfy((attached.signatures + attached.lists).contains)
        }
        let going = try await published(images, in: layout, reporter)
        let theirs = try layout.attachments(ofImagesNamedOnly: try names(going))
        let signatures = try await published(
            try theirs.signatures.map { try ImageReference($0) }, in: layout, reporter)
        let lists = try theirs.lists.map { try ImageReference($0) }
        return try (going + signatures + lists).flatMap { try layout.remove($0, withSignatures: false) }
    }

    /// Those of `references` whose registries have them with the digest that they have in `layout`. The others, and those
    /// whose registry does not answer, are told and stay, as with LinuxKit.
    private func published(
        _ references: [ImageReference], in layout: ImageLayout, _ reporter: Reporter
    ) async throws -> [ImageReference] {
        try await RegistryAccess.with(try settings(reporter)) { access in
            var published: [ImageReference] = []
            for reference in references {
                reporter.progress("asking for \(reference)")
                let here = try layout.descriptor(of: reference).digest
                do {
                    let there = try await access.client().publishedDescriptor(of: reference.withDefaultTag)?
                        .digest
                    if there == here {
                        published.append(reference)
                    } else {
                        reporter.note(
                            "\(reference) stays: its registry has "
                                + (there == nil ? "none of that name" : "another of that name"))
                    }
                } catch let error as RegistryError {
                    reporter.warning("\(reference) stays: \(error)")
                }
            }
            return published
        }
    }
}
