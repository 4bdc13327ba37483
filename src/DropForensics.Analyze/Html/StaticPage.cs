using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;

namespace DropForensics.Analyze.Html;

/// <summary>Renders a Razor component as one file that asks for nothing outside itself.</summary>
internal static class StaticPage
{
    /// <summary>The page as text.</summary>
    /// <param name="parameters">The component's, by name.</param>
    public static async Task<string> RenderAsync<TPage>(IDictionary<string, object?> parameters)
        where TPage : IComponent
    {
        await using ServiceProvider services = new ServiceCollection().AddLogging()
            .AddSingleton<IComponentActivator, PlainActivator>().BuildServiceProvider();
        await using var renderer = new HtmlRenderer(services, services.GetRequiredService<Microsoft.Extensions.Logging.ILoggerFactory>());
        return await renderer.Dispatcher.InvokeAsync(async () =>
            (await renderer.RenderComponentAsync<TPage>(ParameterView.FromDictionary(parameters))).ToHtmlString());
    }

    /// <summary>A content security policy that allows one style and one script by their hashes, and nothing else.</summary>
    /// <param name="script">Null: no script at all.</param>
    public static string Policy(string style, string? script) =>
        $"default-src 'none'; style-src 'sha256-{Hash(style)}'; {(script is null ? "" : $"script-src 'sha256-{Hash(script)}'; ")}img-src data:; "
        + "base-uri 'none'; form-action 'none'";

    /// <summary>A file that the program contains.</summary>
    public static string Resource(string name)
    {
        using Stream stream = typeof(StaticPage).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not in the program");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static string Hash(string text) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}

/// <summary>Makes the page's components by their constructors, which ask for nothing: by itself the renderer compiles code for each.</summary>
internal sealed class PlainActivator : IComponentActivator
{
    /// <inheritdoc/>
    public IComponent CreateInstance(Type componentType) => (IComponent)(Activator.CreateInstance(componentType)
        ?? throw new InvalidOperationException($"{componentType} is no component"));
}
