public import KitConfig
public import OCI
public import Outputs
public import Packaging
public import Registry

/// What happens while a build works, in order. Whoever shows it words it.
public enum BuildEvent: Sendable {
    /// Registries are asked for so many images.
    case asking(images: Int)
    case askingDaemon(ImageReference)
    case pulling(PullProgress)
    /// Everything that was missing has been pulled.
    case pulled(PullProgress)
    /// A damaged image is fetched again.
    case restoring(ImageReference, ImageError)
    /// The layers of so many images are being read.
    case reading(images: Int)
    case packaging(PackageProgress)
    case builtPackage(ImageReference)
    /// A part of the image: an image's name, or a place in an earlier output.
    case assembling(String)
    /// A part of the earlier output, used again.
    case reusing(part: String)
    case writing(path: String)
    case sharing(SharingEvent)
    /// A detail, shown with `--verbose`.
    case detail(String)
    /// A note for the user.
    case note(String)
    /// A possible problem.
    case warning(BuildWarning)
}

/// The progress of sharing outputs with other builders.
public enum SharingEvent: Sendable {
    case looking(in: ImageReference)
    case found(in: ImageReference, tag: String)
    case missing(in: ImageReference, tag: String)
    case storing(in: ImageReference)
    case stored(in: ImageReference, tag: String)
    case existed(in: ImageReference, tag: String)
    /// The inputs can't be identified before images are pulled.
    case inputsUnknown(any Error)
}

public enum BuildWarning: Sendable {
    case configuration(KitProblem)
    case unusedOption(UnusedOption)
    /// No daemon was named, and none was found.
    case noDaemon
    /// The earlier output holds no configuration where this build has its own: nothing of it is used.
    case earlierOutputHasNoConfiguration(path: String)
    /// An entry of a shared cache was not used.
    case sharedEntryUnusable(reason: String)
    case sharedCacheFailed(any Error)
    /// Input files changed while the build ran, so its outputs are not shared.
    case inputsChanged
    case notShared(any Error)
    /// Something about an image or a file that is put into the image.
    case image(String)
    /// Something that an output cannot represent, or a warning stored with shared outputs by their builder.
    case output(String)

    public enum UnusedOption: Sendable {
        case diskSize([OutputFormat])
        case compression([OutputFormat])
        case squashFSCompression
    }
}
