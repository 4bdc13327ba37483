using Microsoft.Win32.SafeHandles;

namespace DropForensics.Analyze.Output;

/// <summary>
/// Standard output as a stream that fails when its reader is gone. .NET's own console stream takes EPIPE for success, and a
/// large export would go on to nobody.
/// </summary>
internal static class StandardOutput
{
    private const int Descriptor = 1;

    public static Stream Open()
    {
        if (OperatingSystem.IsWindows())
        {
            return Console.OpenStandardOutput();
        }

        // In a regular file a FileStream writes at places of its own and leaves the descriptor's where it was: what the shell
        // writes there next would come on top. There the console's stream is right, and no reader can go away.
        var stream = new FileStream(new SafeFileHandle(Descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return stream.CanSeek ? Console.OpenStandardOutput() : stream;
    }
}
