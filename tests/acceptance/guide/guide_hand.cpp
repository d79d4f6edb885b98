// SPDX-License-Identifier: GPL-3.0-or-later
#include "guide_hand.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAbstractSpinBox>
#include <QApplication>
#include <QComboBox>
#include <QElapsedTimer>
#include <QKeySequence>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QtTest>
#include <functional>

namespace switchyard::test {
namespace {

QString plain(QString text) {
    text.remove(u'&');
    return text.simplified();
}

/// The words by which a person would name it, the ones on it first.
QStringList namesOf(const QWidget* widget) {
    QStringList names;
    if (const auto* button = qobject_cast<const QAbstractButton*>(widget))
        names << button->text() << button->toolTip().section(u'\n', 0, 0);
    if (const auto* field = qobject_cast<const QLineEdit*>(widget)) names << field->placeholderText();
    if (const auto* field = qobject_cast<const QPlainTextEdit*>(widget)) names << field->placeholderText();
    names << widget->accessibleName();
    for (QString& name : names) name = plain(name);
    names.removeAll(QString());
    return names;
}

QList<QWidget*> inView(QWidget& window) {
    QList<QWidget*> found;
    QList<QWidget*> roots{&window};
    for (QWidget* top : QApplication::topLevelWidgets()) {
        if (top != &window && top->isVisible()) roots.prepend(top);  // a dialog or a list stands above
    }
    for (QWidget* root : roots) {
        for (QWidget* widget : root->findChildren<QWidget*>()) {
            if (widget->isVisible()) found.append(widget);
        }
    }
    return found;
}

QWidget* controlNamed(QWidget& window, const QString& name, const std::function<bool(QWidget*)>& fits) {
    for (QWidget* widget : inView(window)) {
        if (widget->isEnabled() && fits(widget) && namesOf(widget).contains(name)) return widget;
    }
    return nullptr;
}

/// A row of a list or table that shows the words.
std::pair<QAbstractItemView*, QModelIndex> rowNamed(QWidget& window, const QString& name) {
    for (QWidget* widget : inView(window)) {
        auto* view = qobject_cast<QAbstractItemView*>(widget);
        if (view == nullptr || !view->isEnabled() || view->model() == nullptr ||
            view->model()->rowCount(view->rootIndex()) == 0)
            continue;
        for (int column = 0; column < view->model()->columnCount(view->rootIndex()); ++column) {
            const auto hits = view->model()->match(view->model()->index(0, column, view->rootIndex()), Qt::DisplayRole,
                                                   name, 1, Qt::MatchExactly | Qt::MatchCaseSensitive);
            if (!hits.isEmpty()) return {view, hits.first()};
        }
    }
    return {nullptr, {}};
}

bool isSeen(QWidget& window, const QString& words) {
    for (QWidget* widget : inView(window)) {
        if (const auto* label = qobject_cast<const QLabel*>(widget);
            label != nullptr && plain(label->text()).contains(words))
            return true;
        for (const QString& name : namesOf(widget)) {
            if (name.contains(words)) return true;
        }
        if (const auto* box = qobject_cast<const QComboBox*>(widget);
            box != nullptr && plain(box->currentText()).contains(words))
            return true;
    }
    return rowNamed(window, words).first != nullptr;
}

/// Lets the window work until `done`.
bool waitFor(int patience_ms, const std::function<bool()>& done) {
    QElapsedTimer timer;
    timer.start();
    while (!done()) {
        if (timer.elapsed() > patience_ms) return false;
        QTest::qWait(30);
    }
    return true;
}

QPoint centreInView(QWidget* widget) {
    return widget->visibleRegion().isEmpty() ? widget->rect().center()
                                             : widget->visibleRegion().boundingRect().center();
}

}  // namespace

QString GuideHand::follow(const GuideStep& step) {
    const auto missing = [&](const QString& what) {
        return QStringLiteral("no %1 \"%2\" can be used").arg(what, step.what);
    };
    switch (step.kind) {
        case GuideStep::Kind::kPicture:
            return {};
        case GuideStep::Kind::kSee:
            return waitFor(patience_ms_, [&] { return isSeen(window_, step.what); })
                       ? QString()
                       : QStringLiteral("\"%1\" can not be seen").arg(step.what);
        case GuideStep::Kind::kClick: {
            QWidget* button = nullptr;
            std::pair<QAbstractItemView*, QModelIndex> row{nullptr, {}};
            const bool came = waitFor(patience_ms_, [&] {
                button = controlNamed(window_, step.what, [](QWidget* widget) {
                    return qobject_cast<QAbstractButton*>(widget) != nullptr;
                });
                if (button == nullptr) row = rowNamed(window_, step.what);
                return button != nullptr || row.first != nullptr;
            });
            if (!came) return missing(QStringLiteral("button or row"));
            if (button != nullptr) {
                QTest::mouseClick(button, Qt::LeftButton, {}, centreInView(button));
            } else {
                row.first->scrollTo(row.second);
                QTest::mouseClick(row.first->viewport(), Qt::LeftButton, {},
                                  row.first->visualRect(row.second).center());
            }
            break;
        }
        case GuideStep::Kind::kType: {
            QWidget* field = nullptr;
            const auto typed = [](QWidget* widget) {
                return widget->focusPolicy() != Qt::NoFocus && (qobject_cast<QLineEdit*>(widget) != nullptr ||
                                                                qobject_cast<QPlainTextEdit*>(widget) != nullptr ||
                                                                qobject_cast<QAbstractSpinBox*>(widget) != nullptr);
            };
            if (!waitFor(patience_ms_, [&] { return (field = controlNamed(window_, step.what, typed)) != nullptr; }))
                return missing(QStringLiteral("field"));
            QTest::mouseClick(field, Qt::LeftButton, {}, centreInView(field));
            QTest::keyClick(field, Qt::Key_A, Qt::ControlModifier);
            QTest::keyClicks(field, step.value);
            break;
        }
        case GuideStep::Kind::kPress: {
            const QKeySequence keys(step.value);
            if (keys.isEmpty()) return QStringLiteral("%1 is no key").arg(step.value);
            // Without a window manager no window is active, and yet each has a widget that keys would go to.
            QWidget* focus =
                QApplication::focusWidget() != nullptr ? QApplication::focusWidget() : window_.focusWidget();
            if (focus == nullptr) focus = &window_;
            for (int i = 0; i < keys.count(); ++i)
                QTest::keyClick(focus, keys[static_cast<uint>(i)].key(),
                                keys[static_cast<uint>(i)].keyboardModifiers());
            break;
        }
        case GuideStep::Kind::kChoose: {
            QComboBox* box = nullptr;
            const bool came = waitFor(patience_ms_, [&] {
                box = qobject_cast<QComboBox*>(controlNamed(window_, step.what, [&](QWidget* widget) {
                    const auto* choice = qobject_cast<QComboBox*>(widget);
                    return choice != nullptr && choice->findText(step.value) >= 0;
                }));
                return box != nullptr;
            });
            if (!came) return missing(QStringLiteral("choice of \"%1\" in").arg(step.value));
            // As with the keyboard: the entry is looked for by its beginning.
            box->setFocus();
            box->setCurrentIndex(box->findText(step.value));
            Q_EMIT box->activated(box->currentIndex());
            break;
        }
    }
    QTest::qWait(60);
    return {};
}

QString GuideHand::inSight() const {
    QStringList lines;
    for (QWidget* widget : inView(window_)) {
        if (const auto* label = qobject_cast<const QLabel*>(widget); label != nullptr && !label->text().isEmpty()) {
            lines << QStringLiteral("  label  %1").arg(plain(label->text()).left(100));
        } else if (const QStringList names = namesOf(widget); !names.isEmpty()) {
            lines << QStringLiteral("  %1%2  %3")
                         .arg(QString::fromLatin1(widget->metaObject()->className()),
                              widget->isEnabled() ? QString() : QStringLiteral(" (off)"),
                              names.join(QStringLiteral(" | ")).left(140));
        }
    }
    lines.removeDuplicates();
    return lines.join(u'\n');
}

}  // namespace switchyard::test
