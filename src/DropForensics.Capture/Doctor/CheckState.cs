namespace DropForensics.Capture.Doctor;

/// <summary>What a check found.</summary>
internal enum CheckState
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>A capture works, and shows or keeps less.</summary>
    Limited,

    /// <summary>It cannot be had.</summary>
    No,

    /// <summary>It could not be seen, for want of permission.</summary>
    Unknown,
}
