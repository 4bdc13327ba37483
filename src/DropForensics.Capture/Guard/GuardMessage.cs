using System.Text;
using DropForensics.Capture.Kernel;

namespace DropForensics.Capture.Guard;

/// <summary>
/// A message from the agent to its guard over a pipe: three texts, each ended by a zero byte, which no path contains. An undo step is sent
/// before its change is made, so a message cut off by the agent's death belongs to a change that did not happen.
/// </summary>
/// <param name="Kind">A step's <see cref="UndoKind"/>, or one of the words below.</param>
/// <param name="Path">The file or directory it is about.</param>
/// <param name="Value">A step's value; for <see cref="Made"/> the inode.</param>
internal sealed record GuardMessage(string Kind, string Path, string Value)
{
    /// <summary>A capture file is about to be made.</summary>
    public const string File = "file";

    /// <summary>It was made.</summary>
    public const string Made = "made";

    /// <summary>A file of metrics is about to be made; it is to go with the agent.</summary>
    public const string Metrics = "metrics";

    /// <summary>The agent has undone everything itself.</summary>
    public const string Done = "done";

    private const int Texts = 3;

    public static GuardMessage Of(UndoStep step) => new(step.Kind.ToString(), step.Path, step.Value);

    /// <summary>The undo step; null for another message.</summary>
    public UndoStep? Step => Enum.TryParse<UndoKind>(Kind, out UndoKind kind) ? new UndoStep(kind, Path, Value) : null;

    public byte[] ToBytes() => Encoding.UTF8.GetBytes($"{Kind}\0{Path}\0{Value}\0");

    /// <summary>All complete messages.</summary>
    public static IReadOnlyList<GuardMessage> Parse(ReadOnlySpan<byte> bytes)
    {
        string[] texts = Encoding.UTF8.GetString(bytes).Split('\0');
        var messages = new List<GuardMessage>();
        for (int i = 0; i + Texts < texts.Length; i += Texts) messages.Add(new GuardMessage(texts[i], texts[i + 1], texts[i + 2]));
        return messages;
    }
}
