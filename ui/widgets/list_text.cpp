// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/list_text.h"

#include <QStringList>

namespace switchyard::ui {

QString listText(const std::vector<std::string>& items) {
    QStringList parts;
    for (const std::string& bytes : items) {
        QString item = QString::fromStdString(bytes);
        if (item.isEmpty() || item != item.trimmed() || item.contains(u',') || item.contains(u'"')) {
            item.replace(u'\\', QStringLiteral("\\\\")).replace(u'"', QStringLiteral("\\\""));
            item = u'"' + item + u'"';
        }
        parts << item;
    }
    return parts.join(QStringLiteral(", "));
}

std::vector<std::string> listItems(const QString& text) {
    std::vector<std::string> items;
    qsizetype i = 0;
    while (i < text.size()) {
        while (i < text.size() && (text[i].isSpace() || text[i] == u',')) ++i;
        if (i >= text.size()) break;
        QString item;
        if (text[i] == u'"') {
            for (++i; i < text.size() && text[i] != u'"'; ++i) {
                if (text[i] == u'\\' && i + 1 < text.size()) ++i;
                item += text[i];
            }
            ++i;
            items.push_back(item.toStdString());
            continue;
        }
        while (i < text.size() && text[i] != u',') item += text[i++];
        items.push_back(item.trimmed().toStdString());
    }
    return items;
}

}  // namespace switchyard::ui
