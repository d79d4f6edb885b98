// SPDX-License-Identifier: GPL-3.0-or-later
// For those who do not see the window or hold no mouse: every control that takes the focus has a name, every
// plot has its values as a table that the keyboard opens.
#include <QAccessible>
#include <QHeaderView>
#include <QRegularExpression>
#include <QScrollBar>
#include <QSet>

#include "window_walk.h"

using namespace switchyard;
using namespace switchyard::test;
using namespace switchyard::ui;

namespace {

QString named(const QWidget& widget) {
    const QWidget* parent = widget.parentWidget();
    return QStringLiteral("%1 \"%2\" %3 in %4")
        .arg(QLatin1String(widget.metaObject()->className()), widget.accessibleName(), widget.objectName(),
             parent == nullptr ? QString() : QLatin1String(parent->metaObject()->className()));
}

/// Inner parts of Qt's own widgets speak through what they are part of.
bool isInnerPart(const QWidget& widget) {
    const QWidget* parent = widget.parentWidget();
    return widget.objectName().startsWith("qt_") || qobject_cast<const QScrollBar*>(&widget) != nullptr ||
           qobject_cast<const QHeaderView*>(&widget) != nullptr ||
           (parent != nullptr && parent->focusProxy() == &widget);
}

bool takesTab(const QWidget& widget) {
    return widget.isVisible() && widget.isEnabled() && (widget.focusPolicy() & Qt::TabFocus) == Qt::TabFocus &&
           widget.focusProxy() == nullptr && !isInnerPart(widget);
}

QString spokenName(QWidget& widget) {
    QAccessibleInterface* spoken = QAccessible::queryAccessibleInterface(&widget);
    return spoken == nullptr ? QString() : spoken->text(QAccessible::Name);
}

/// What the eye takes figures from. A new kind of plot is found by its name.
bool isPlot(const QWidget& widget) {
    static const QRegularExpression plots(QStringLiteral(
        "::(CurvePlot|RouteBars|AnswerBars|ModalityBars|ShareBars|LoadHeatmap|LayerGrid|RankMatrix|FlowView|TokenStrip|"
        "PatchView|\\w*Plot|\\w*Bars|\\w*Chart|\\w*Heatmap|\\w*Matrix)$"));
    return plots.match(QLatin1String(widget.metaObject()->className())).hasMatch();
}

/// Their figures stand as text or a table right beside them.
bool isWritten(const QWidget& widget) {
    static const QSet<QString> written = {
        "PlanBars",   // pre-flight's own table below it, for the chosen row
        "ShareBars",  // ten experts at most, each told by its line's tooltip and by the accessible description
    };
    return written.contains(QString::fromLatin1(widget.metaObject()->className()).section("::", -1));
}

ChartMenu* menuOf(const QWidget& plot) {
    for (QWidget* at = plot.parentWidget(); at != nullptr && !at->isWindow(); at = at->parentWidget()) {
        for (auto* menu : at->findChildren<ChartMenu*>())
            if (menu->isVisible()) return menu;
    }
    return nullptr;
}

}  // namespace

class AccessibilityTest : public QObject {
    Q_OBJECT
public:
    explicit AccessibilityTest(OwnFolders& folders) : folders_(folders) {}

private:
    OwnFolders& folders_;
    QMap<QString, QString> nameless_, untold_;
    int controls_ = 0, plots_ = 0;

    void lookAtNames(const QString& place, QWidget* root) {
        for (QWidget* widget : root->findChildren<QWidget*>()) {
            if (!takesTab(*widget)) continue;
            ++controls_;
            if (spokenName(*widget).trimmed().isEmpty()) nameless_[named(*widget)] = place;
        }
    }

    void lookAtPlots(const QString& place, QWidget* root) {
        for (QWidget* widget : root->findChildren<QWidget*>()) {
            if (!widget->isVisible() || !isPlot(*widget) || isWritten(*widget)) continue;
            ++plots_;
            ChartMenu* menu = menuOf(*widget);
            if (menu == nullptr)
                untold_[named(*widget)] = place + ": no menu with a data table";
            else if ((menu->focusPolicy() & Qt::TabFocus) == 0)
                untold_[named(*widget)] = place + ": Tab does not reach its menu";
            else if (menu->menu().actions().isEmpty())
                untold_[named(*widget)] = place + ": its menu has no data table";
        }
    }

    static void tell(const char* what, const QMap<QString, QString>& found) {
        for (auto it = found.begin(); it != found.end(); ++it)
            qWarning("%s: %s (%s)", what, qPrintable(it.key()), qPrintable(it.value()));
    }

private Q_SLOTS:
    void theWindow() {
        WindowWalk walk;
        QVERIFY(walk.prepare(folders_));
        walk.go([&](const QString& place, const QList<QWidget*>& roots) {
            for (QWidget* root : roots) {
                lookAtNames(place, root);
                lookAtPlots(place, root);
            }
        });
        tell("no name", nameless_);
        tell("no table", untold_);
        QVERIFY2(controls_ > 1000, qPrintable(QString::number(controls_)));  // the walk came around
        QVERIFY2(plots_ > 40, qPrintable(QString::number(plots_)));
        QVERIFY(nameless_.isEmpty());
        QVERIFY(untold_.isEmpty());
    }
};

int main(int argc, char** argv) {
    OwnFolders folders;
    QApplication application(argc, argv);
    Theme::instance().setDark(false);
    AccessibilityTest test(folders);
    return QTest::qExec(&test, argc, argv);
}

#include "accessibility_test.moc"
