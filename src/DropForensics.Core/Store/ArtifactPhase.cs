namespace DropForensics.Core.Store;

/// <summary>When a host file was read.</summary>
public enum ArtifactPhase
{
    /// <summary>As the window opened.</summary>
    Before,

    /// <summary>As it closed.</summary>
    After,
}
