#pragma once

#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace doseline::test {

// A form of a page as a browser without JavaScript would send it.
struct html_form {
    std::string action;
    std::map<std::string, std::string> fields;
    std::vector<std::string> options;  // of all its selects

    std::string encoded() const;
};

namespace html {

// The value of that attribute of the tag; empty when it has none.
inline std::string attribute(std::string_view tag, std::string_view name) {
    const std::string start = ' ' + std::string(name) + "=\"";
    const std::size_t at = tag.find(start);
    if (at == std::string_view::npos) {
        return {};
    }
    const std::size_t value = at + start.size();
    return std::string(tag.substr(value, tag.find('"', value) - value));
}

inline void read_tag(std::string_view tag, std::string_view behind, html_form& form) {
    if (tag.starts_with("<input ")) {
        form.fields[attribute(tag, "name")] = attribute(tag, "value");
    } else if (tag.starts_with("<select ")) {
        form.fields[attribute(tag, "name")] = "";
    } else if (tag.starts_with("<option")) {
        form.options.push_back(tag.find(" value=") == std::string_view::npos
                                   ? std::string(behind.substr(0, behind.find('<')))
                                   : attribute(tag, "value"));
    }
}

}  // namespace html

// The form of that action. Throws when the page has none.
inline html_form form_of(std::string_view page, std::string_view action) {
    const std::size_t form = page.find(" action=\"" + std::string(action) + '"');
    if (form == std::string_view::npos) {
        throw std::runtime_error("no form " + std::string(action) + " in: " + std::string(page));
    }
    html_form read;
    read.action = action;
    std::string_view rest = page.substr(form, page.find("</form>", form) - form);
    for (std::size_t at = 0; (at = rest.find('<', at)) != std::string_view::npos;) {
        const std::size_t end = rest.find('>', at);
        html::read_tag(rest.substr(at, end - at), rest.substr(end + 1), read);
        at = end;
    }
    return read;
}

inline std::string html_form::encoded() const {
    constexpr std::string_view hex = "0123456789ABCDEF";
    std::string text;
    const auto add = [&](std::string_view part) {
        for (const char ch : part) {
            const auto byte = static_cast<unsigned char>(ch);
            if ((byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
                (byte >= 'a' && byte <= 'z') || byte == '-') {
                text += ch;
            } else {
                text += {'%', hex[byte >> 4], hex[byte & 15u]};
            }
        }
    };
    for (const auto& [name, value] : fields) {
        text += text.empty() ? "" : "&";
        add(name);
        text += '=';
        add(value);
    }
    return text;
}

}  // namespace doseline::test
