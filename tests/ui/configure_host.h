// SPDX-License-Identifier: GPL-3.0-or-later
// The Configure page below a page bar, as in the window, and short ways to its parts.
#pragma once

#include <QAbstractItemView>
#include <QAbstractSpinBox>
#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>
#include <QtTest>

#include "ui/models/config_files.h"
#include "ui/panels/configure/command_strip.h"
#include "ui/panels/configure/config_form.h"
#include "ui/panels/configure/form_row.h"
#include "ui/panels/configure_page.h"
#include "ui/services/app_context.h"
#include "ui/widgets/form_field.h"
#include "ui/widgets/message_banner.h"
#include "ui/widgets/yaml_editor.h"

namespace switchyard::test {

inline std::string preset(const QString& name) {
    return ui::readConfigFile(QStringLiteral(SWITCHYARD_SOURCE_DIR "/configs/%1.yaml").arg(name)).text;
}

/// The text with one value's bytes replaced.
inline std::string with(const std::string& text, const std::string& path, const std::string& value) {
    for (const config::WrittenValue& written : ui::checkConfig(text).written)
        if (written.path == path) return text.substr(0, written.begin) + value + text.substr(written.end);
    return "(no " + path + ")";
}

inline constexpr const char* kSmall =
    "# small\nmodel:\n  moe:\n    experts: 8   # of each layer\n    top_k: 2\noptim: {lr: 3.0e-4, schedule: cosine}\n"
    "run:\n  name: small\n  tags: [a, b]\n  deterministic: true\ntrain: {steps: 20}\n";

class ConfigureHost {
public:
    explicit ConfigureHost(const QString& runs_dir) : context(runs_dir), page(*new ui::ConfigurePage(context)) {
        auto* column = new QVBoxLayout(&window);
        column->setContentsMargins(0, 0, 0, 0);
        column->setSpacing(0);
        auto* bar = new QWidget;
        bar->setProperty("toolbar", true);
        bar->setAttribute(Qt::WA_StyledBackground);
        bar->setFixedHeight(40);
        auto* row = new QHBoxLayout(bar);
        row->setContentsMargins(0, 0, 0, 0);
        row->addStretch(1);
        row->addWidget(page.pageActions());
        column->addWidget(bar);
        column->addWidget(&page, 1);
        resizePage(1150, 800);
    }

    /// Shows the window and waits for the preset that the page opens by itself.
    bool show() {
        window.show();
        return QTest::qWaitForWindowActive(&window) &&
               QTest::qWaitFor([this] { return !text().empty() && checked(); }, 5000);
    }
    /// A text as another page would send it.
    bool open(const std::string& config, const QString& file = {}) {
        context.openConfig(QString::fromStdString(config), file);
        if (!window.isVisible()) show();
        return QTest::qWaitFor([&] { return text() == config && checked(); }, 5000);
    }

    void resizePage(int width, int height) { window.resize(width, height + 40); }
    const std::string& text() { return page.document().text(); }
    bool checked() { return page.document().isChecked(); }
    ui::YamlEditor& editor() { return *page.findChild<ui::YamlEditor*>(); }
    ui::ConfigForm& form() { return *page.findChild<ui::ConfigForm*>(); }
    ui::MessageBanner& banner() { return *page.findChild<ui::MessageBanner*>(QString(), Qt::FindDirectChildrenOnly); }
    ui::CommandStrip& strip() { return *page.findChild<ui::CommandStrip*>(); }
    /// The key's row; its section is opened and its field gets the focus.
    ui::FormRow& row(const std::string& path) {
        form().goTo(path, true);
        return *page.findChild<ui::FormRow*>(QString::fromStdString(path));
    }
    QWidget& input(const std::string& path) { return *row(path).field()->input(); }
    QString fieldText(const std::string& path) {
        QWidget* widget = page.findChild<ui::FormRow*>(QString::fromStdString(path))->field()->input();
        if (auto* line = qobject_cast<QLineEdit*>(widget)) return line->text();
        if (auto* combo = qobject_cast<QComboBox*>(widget)) return combo->currentText();
        if (auto* check = qobject_cast<QCheckBox*>(widget)) return check->text();
        return widget->findChild<QLineEdit*>()->text();
    }
    /// Any button of page and page bar with this text or accessible name.
    QAbstractButton* button(const QString& name) {
        for (auto* found : window.findChildren<QAbstractButton*>())
            if (found->isVisible() && (found->text() == name || found->accessibleName() == name)) return found;
        return nullptr;
    }
    QComboBox* combo(const QString& name) {
        for (auto* found : page.findChildren<QComboBox*>())
            if (found->accessibleName() == name) return found;
        return nullptr;
    }
    void click(QWidget* widget) { QTest::mouseClick(widget, Qt::LeftButton); }
    /// Types into whatever has the focus.
    void keys(const QString& keys) { QTest::keyClicks(QApplication::focusWidget(), keys); }
    void key(Qt::Key key, Qt::KeyboardModifiers held = Qt::NoModifier) {
        QTest::keyClick(QApplication::focusWidget(), key, held);
    }
    /// Chooses an item as a person does with the keyboard.
    void choose(QComboBox* box, const QString& item) {
        box->setFocus();
        const int target = box->findText(item);
        QVERIFY(target >= 0);
        box->showPopup();
        QAbstractItemView* view = box->view();
        view->setCurrentIndex(view->model()->index(target, 0));
        QTest::keyClick(view, Qt::Key_Return);
        window.activateWindow();  // the offscreen platform does not give it back by itself
        QVERIFY(QTest::qWaitForWindowActive(&window));
    }

    ui::AppContext context;
    QWidget window;
    ui::ConfigurePage& page;
};

}  // namespace switchyard::test
