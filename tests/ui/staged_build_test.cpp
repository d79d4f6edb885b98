// SPDX-License-Identifier: GPL-3.0-or-later
// Pages made in parts: one a turn of the event loop, at once for who asks, and nothing on the screen moves meanwhile.
#include <QComboBox>
#include <QLineEdit>
#include <QtTest>

#include "ui/panels/configure/config_form.h"
#include "ui/panels/configure/form_row.h"
#include "ui/panels/configure/form_section.h"
#include "ui/panels/configure/section_head.h"
#include "ui/panels/curves/compare_picker.h"
#include "ui/panels/curves/differences_view.h"
#include "ui/panels/curves_page.h"
#include "ui/panels/routing/compare_card.h"
#include "ui/panels/routing/what_if_card.h"
#include "ui/panels/routing_page.h"
#include "ui/widgets/form_field.h"
#include "ui/widgets/staged_build.h"
#include "ui_tools.h"

using namespace switchyard;
using namespace switchyard::ui;
using namespace switchyard::test;

namespace {

/// Takes the turns of the event loop: each event that it gets asks for the next.
struct Turns : QObject {
    int count = 0;
    bool event(QEvent* event) override {
        if (event->type() != QEvent::User) return QObject::event(event);
        ++count;
        QTimer::singleShot(0, this, [this] { QCoreApplication::postEvent(this, new QEvent(QEvent::User)); });
        return true;
    }
    Turns() { QCoreApplication::postEvent(this, new QEvent(QEvent::User)); }
};

std::vector<int> headPlaces(const ConfigForm& form) {
    std::vector<int> places;
    for (const FormSection* section : form.findChildren<FormSection*>())
        places.push_back(section->head()->mapTo(&form, QPoint(0, 0)).y());
    return places;
}

}  // namespace

class StagedBuildTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { Theme::instance().setDark(true); }

    void onePartATurn() {
        Turns turns;
        QObject page;
        StagedBuild build(&page);
        std::vector<int> made_at;
        for (int i = 0; i < 4; ++i) build.add([&] { made_at.push_back(turns.count); });
        QVERIFY(made_at.empty() && !build.isFinished());
        QTRY_VERIFY(build.isFinished());
        QCOMPARE(made_at.size(), std::size_t{4});
        QVERIFY2(made_at.front() > 0, "the first turn is the page's own");
        for (std::size_t i = 1; i < made_at.size(); ++i) QVERIFY(made_at[i] > made_at[i - 1]);
        // One that is added when all were made is made too.
        build.add([&] { made_at.push_back(turns.count); });
        QTRY_COMPARE(made_at.size(), std::size_t{5});
    }

    void atOnceForWhoAsks() {
        QObject page;
        StagedBuild build(&page);
        QString made;
        build.add([&] { made += u'a'; });
        build.add([&] {
            build.finishNow();  // a part that needs those after it
            made += u'b';
        });
        build.add([&] { made += u'c'; });
        build.finishNow();
        QCOMPARE(made, QStringLiteral("acb"));
        QVERIFY(build.isFinished());
        QTest::qWait(50);
        QCOMPARE(made, QStringLiteral("acb"));
    }

    void nothingIsMadeForAPageThatWent() {
        auto* page = new QObject;
        bool made = false;
        (new StagedBuild(page))->add([&] { made = true; });
        delete page;
        QTest::qWait(50);
        QVERIFY(!made);
    }

    void theFormKeepsTheRoomOfItsRows() {
        ConfigDocument document;
        ConfigForm form(document);
        form.resize(440, 900);
        form.show();
        form.ensurePolished();
        for (int i = 0; i < 5; ++i) QCoreApplication::sendPostedEvents(nullptr, QEvent::LayoutRequest);
        const std::vector<int> before = headPlaces(form);
        QVERIFY2(form.findChildren<FormRow*>().isEmpty(), "the rows came with the form");
        QTRY_COMPARE(form.findChildren<FormSection*>().size(), qsizetype(before.size()));
        FormSection* moe = nullptr;
        for (FormSection* section : form.findChildren<FormSection*>())
            if (section->section().path == "model.moe") moe = section;
        QVERIFY(moe != nullptr && moe->isOpen());
        QTRY_COMPARE(moe->rows().size(), moe->keys().size());
        QTest::qWait(100);
        const std::vector<int> after = headPlaces(form);
        for (std::size_t i = 0; i < before.size(); ++i) QCOMPARE(after[i], before[i]);
        for (const FormRow* row : moe->rows()) QVERIFY(row->isVisible() && row->height() == metric::kFormRow);
        // Late as they came, they follow their head for the Tab key.
        form.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&form));
        moe->head()->setFocus();
        for (int i = 0; i < 2; ++i) {
            QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
            QWidget* input = moe->rows()[static_cast<std::size_t>(i)]->field()->input();
            QVERIFY(QApplication::focusWidget() == input || input->isAncestorOf(QApplication::focusWidget()));
        }
    }

    void aSectionClosedMeanwhileStaysClosed() {
        ConfigDocument document;
        ConfigForm form(document);
        form.show();
        for (FormSection* section : form.findChildren<FormSection*>())
            if (section->section().path == "train") section->setOpen(false);
        QTest::qWait(100);
        for (FormSection* section : form.findChildren<FormSection*>())
            QCOMPARE(section->isOpen(), section->section().path == "model.moe");
    }

    void pagesHaveTheirPartsForWhoAsks() {
        QDir().mkpath(folders_.path(QStringLiteral("runs")));
        AppContext context(folders_.path(QStringLiteral("runs")));
        CurvesPage curves(context);
        QVERIFY(curves.findChild<ComparePicker*>() == nullptr);
        ComparePicker* picker = &curves.comparePicker();
        DifferencesView* differences = &curves.differences();
        QCOMPARE(curves.findChild<ComparePicker*>(), picker);
        QCOMPARE(curves.findChild<DifferencesView*>(), differences);
        RoutingPage routing(context);
        QVERIFY(routing.findChild<WhatIfCard*>() == nullptr);
        CompareCard* compare = &routing.compare();
        WhatIfCard* what_if = &routing.whatIf();
        QCOMPARE(routing.findChild<CompareCard*>(), compare);
        QCOMPARE(routing.findChild<WhatIfCard*>(), what_if);
        QTest::qWait(50);
        QCOMPARE(routing.findChildren<WhatIfCard*>().size(), 1);
        // By themselves, without being asked for.
        CurvesPage other(context);
        QTRY_VERIFY(other.findChild<ComparePicker*>() != nullptr && other.findChild<DifferencesView*>() != nullptr);
    }

private:
    OwnFolders folders_;
};

QTEST_MAIN(StagedBuildTest)
#include "staged_build_test.moc"
